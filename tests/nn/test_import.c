/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that must be refused: each of data/bad (make_models.py) with its status and its sentence, then those that are
 * too large to be kept, truncation at every length, and single wrong bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <passerby/status.h>

#include "base/bytes.h"
#include "model_file.h"

static psb_status status_of(const char *word)
{
    if (strcmp(word, "BAD_INPUT") == 0) return PSB_BAD_INPUT;
    assert_string_equal(word, "UNSUPPORTED");
    return PSB_UNSUPPORTED;
}

static void expect_refused(const char *path, psb_status expected, const char *words)
{
    psb_network *network = NULL;
    psb_status status = psb_network_open(&network, path, 0);
    if (status != expected || !strstr(psb_error_text(), words))
        fail_msg("%s: found status %d, \"%s\"; expected %d and \"%s\"", path, status, status ? psb_error_text() : "",
                 expected, words);
    assert_null(network);
    if (!strstr(psb_error_text(), path)) fail_msg("\"%s\" does not name %s", psb_error_text(), path);
    if (strchr(psb_error_text(), '\n')) fail_msg("\"%s\" is not one line", psb_error_text());
}

static void test_bad_files_are_refused_with_a_sentence(void **state)
{
    (void)state;
    char path[1024], line[512];
    FILE *cases = fopen(data_path(path, "bad/", "cases", ".txt"), "r");
    assert_non_null(cases);
    int32_t count = 0;
    while (fgets(line, sizeof(line), cases)) {
        char name[128], status[32], words[256];
        assert_int_equal(sscanf(line, "%127[^|]|%31[^|]|%255[^\n]", name, status, words), 3);
        expect_refused(data_path(path, "bad/", name, ".onnx"), status_of(status), words);
        count++;
    }
    fclose(cases);
    assert_in_range(count, 70, 1000);
}

static void test_no_file(void **state)
{
    (void)state;
    expect_refused("/nowhere/x.onnx", PSB_BAD_INPUT, "/nowhere/x.onnx");
}

/* A length that is more than 512 MB is refused before a byte is looked at; so is a file, before it is read. */
static void test_file_too_large(void **state)
{
    (void)state;
    const char one_byte = 0;
    psb_network *network = NULL;
    assert_int_equal(psb_network_parse(&network, "big", &one_byte, ((size_t)512 << 20) + 1, 0), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "512 MB"));

    char path[] = "/tmp/psb_test_import_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, ((off_t)512 << 20) + 1), 0); /* sparse: takes no disk */
    expect_refused(path, PSB_BAD_INPUT, path);
    close(file);
    unlink(path);
}

static size_t put_varint(uint8_t *to, size_t number)
{
    size_t used = 0;
    for (; number > 127; number >>= 7) to[used++] = (uint8_t)(number & 127) | 128;
    to[used++] = (uint8_t)number;
    return used;
}

/* A model whose graph is `count` times the same chunk. */
static uint8_t *repeat(size_t *size_out, const char *chunk, size_t chunk_size, size_t count)
{
    uint8_t *data = malloc(chunk_size * count + 32);
    assert_non_null(data);
    size_t used = 0;
    data[used++] = 7 << 3 | 2; /* Model.graph */
    used += put_varint(data + used, chunk_size * count);
    for (size_t c = 0; c < count; c++, used += chunk_size) memcpy(data + used, chunk, chunk_size);
    memcpy(data + used, "\x42\x02\x10\x0b", 4); /* Model.opset_import = {version 11} */
    *size_out = used + 4;
    return data;
}

static void test_too_many_nodes(void **state)
{
    (void)state;
    size_t size;
    psb_network *network = NULL;
    uint8_t *data = repeat(&size, "\x0a\x07\x0a\x01x\x22\x02Id", 9, 100000);
    assert_int_equal(psb_network_parse(&network, "many", data, size, 0), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "found 100000 nodes, expected fewer than 100000"));
    free(data);
}

/* Two bytes a node: without the importer's budget this would ask for 60 times the file's size. */
static void test_memory_is_bounded_by_the_file(void **state)
{
    (void)state;
    size_t size;
    psb_network *network = NULL;
    uint8_t *data = repeat(&size, "\x0a\x00", 2, 8 << 20);
    assert_int_equal(psb_network_parse(&network, "dense", data, size, 0), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "more pieces"));
    free(data);
}

/* Whatever the length, and whichever byte is wrong: a status, no crash; and what is taken can run. */
static void test_cut_and_damaged_files(void **state)
{
    (void)state;
    static const char *const chosen[] = {"focus", "shuffle_gather", "yolox_head", "slices"};
    for (size_t c = 0; c < sizeof(chosen) / sizeof(chosen[0]); c++) {
        char path[1024];
        psb_bytes bytes = {0};
        assert_int_equal(psb_bytes_read(&bytes, data_path(path, "", chosen[c], ".onnx"), 1 << 20), PSB_OK);
        for (size_t size = 0; size < bytes.size_bytes; size += 7) {
            psb_network *network = NULL;
            assert_int_not_equal(psb_network_parse(&network, "cut", bytes.data, size, 0), PSB_OK);
        }
        for (size_t at = 0; at < bytes.size_bytes; at += 3) {
            psb_network *network = NULL;
            bytes.data[at] ^= 0x15;
            if (psb_network_parse(&network, "damaged", bytes.data, bytes.size_bytes, 0) == PSB_OK &&
                psb_network_info_get(network).macs < 1 << 20)
                psb_network_run(network);
            psb_network_close(&network);
            bytes.data[at] ^= 0x15;
        }
        psb_bytes_fini(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_files_are_refused_with_a_sentence),
        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_file_too_large),
        cmocka_unit_test(test_too_many_nodes),
        cmocka_unit_test(test_memory_is_bounded_by_the_file),
        cmocka_unit_test(test_cut_and_damaged_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
