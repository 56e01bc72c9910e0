/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: synth:// URLs. Whatever is taken must be within its documented range, and what is not must say why.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "synth/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int holds)
{
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    psb_synth_settings settings;
    char *url = malloc(size + 1);
    if (!url) return 0;
    memcpy(url, data, size);
    url[size] = '\0';
    if (psb_synth_settings_from_url(&settings, url)) {
        expect(psb_error_text()[0] != '\0');
    } else {
        expect(settings.people >= 0 && settings.people <= 100);
        expect(settings.width >= 160 && settings.width <= 3840 && settings.width % 2 == 0);
        expect(settings.height >= 96 && settings.height <= 2160 && settings.height % 2 == 0);
        expect(settings.fps >= 1 && settings.fps <= 120 && settings.frame_count >= 1);
        expect(settings.rain >= 0 && settings.rain <= 1);
        expect(!(settings.noise < 0) && !(settings.noise > 30));
    }
    free(url);
    return 0;
}
