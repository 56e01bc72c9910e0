/* SPDX-License-Identifier: Apache-2.0
 *
 * A fuzz target without the fuzzer: feeds it every file of the given folders, in the order of names, so that corpora
 * and old finds are ordinary tests under any compiler. A folder that is not there holds nothing (no finds yet), but
 * a run that fed nothing at all fails: a wrong path must not look like success.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_PATH_BYTES = 4096 };

/* Feeds one file; false when it cannot be read. Exactly as many bytes are allocated as there are, so that a read behind
 * the end is seen by the sanitizers. */
static int feed(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) return 0;
    const long size = ftell(file);
    rewind(file);
    uint8_t *data = size >= 0 ? malloc(size ? (size_t)size : 1) : NULL;
    const int is_read = data && fread(data, 1, (size_t)size, file) == (size_t)size;
    fclose(file);
    if (is_read) LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    return is_read;
}

/* How many files of the folder were fed, or -1 after a failure. */
static int feed_folder(const char *folder)
{
    struct dirent **entries = NULL;
    const int entry_count = scandir(folder, &entries, NULL, alphasort);
    int fed = 0;
    for (int i = 0; i < entry_count; i++) {
        char path[MAX_PATH_BYTES];
        if (entries[i]->d_name[0] != '.' && fed >= 0) {
            snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
            fed = feed(path) ? fed + 1 : -1;
            if (fed < 0) fprintf(stderr, "%s: cannot be read\n", path);
        }
        free(entries[i]);
    }
    free(entries);
    return fed;
}

int main(int argument_count, char **arguments)
{
    int total = 0;
    for (int i = 1; i < argument_count; i++) {
        const int fed = feed_folder(arguments[i]);
        if (fed < 0) return 1;
        total += fed;
    }
    printf("%d inputs replayed\n", total);
    return total > 0 ? 0 : 1;
}
