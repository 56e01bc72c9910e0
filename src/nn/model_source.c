/* SPDX-License-Identifier: Apache-2.0
 *
 * The built-in bytes are put into the program by src/nn/builtin.S.in, one directive of the assembler: a megabyte as a C
 * array takes a compiler seconds, and is none the better for it.
 */
#include "nn/model_source.h"

#include <string.h>

#include "base/error.h"

#ifdef PSB_HAS_BUILTIN
extern const uint8_t psb_builtin_model[], psb_builtin_model_end[];
extern const char psb_builtin_card[], psb_builtin_card_end[];
#endif

bool psb_model_is_builtin(const char *path)
{
    return strcmp(path, PSB_MODEL_BUILTIN) == 0;
}

psb_status psb_model_source_open(psb_model_source *out, const char *path, size_t max_bytes)
{
    *out = (psb_model_source){0};
    if (psb_model_is_builtin(path)) {
#ifdef PSB_HAS_BUILTIN
        out->data = psb_builtin_model;
        out->size_bytes = (size_t)(psb_builtin_model_end - psb_builtin_model);
        return PSB_OK;
#else
        return psb_fail(PSB_UNSUPPORTED, "%s: this program was built without a model: give the file of one", path);
#endif
    }
    psb_status status = psb_bytes_read(&out->file, path, max_bytes);
    out->data = out->file.data;
    out->size_bytes = out->file.size_bytes;
    return status;
}

void psb_model_source_close(psb_model_source *source)
{
    psb_bytes_fini(&source->file);
    *source = (psb_model_source){0};
}

const char *psb_model_builtin_card(size_t *size_bytes_out)
{
#ifdef PSB_HAS_BUILTIN
    *size_bytes_out = (size_t)(psb_builtin_card_end - psb_builtin_card);
    return psb_builtin_card;
#else
    *size_bytes_out = 0;
    return "";
#endif
}
