/* SPDX-License-Identifier: Apache-2.0
 *
 * A page written and read back: texts escaped, every element closed, charts where their numbers say.
 */
#include "report/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bytes.h"

static char path[64];

typedef void page_fn(psb_outfile *to);

/* What a page's calls have written, as text. */
static const char *written_by(page_fn *page)
{
    static char text[1 << 16];
    psb_outfile *file = NULL;
    psb_bytes bytes = {0};
    assert_int_equal(psb_outfile_open(&file, path), PSB_OK);
    page(file);
    assert_int_equal(psb_outfile_commit(file), PSB_OK);
    psb_outfile_close(&file);
    assert_int_equal(psb_bytes_read(&bytes, path, sizeof(text) - 1), PSB_OK);
    memcpy(text, bytes.data, bytes.size_bytes);
    text[bytes.size_bytes] = '\0';
    psb_bytes_fini(&bytes);
    unlink(path);
    return text;
}

static int32_t count_of(const char *text, const char *piece)
{
    int32_t count = 0;
    for (const char *at = strstr(text, piece); at; at = strstr(at + 1, piece)) count++;
    return count;
}

static void expect_piece(const char *text, const char *piece)
{
    if (!strstr(text, piece)) fail_msg("found no %s in %s", piece, text);
}

static void write_texts(psb_outfile *to)
{
    const char *const cells[] = {"<script>", "a & b", "\"c\""};
    psb_html_begin(to, "A <title> & more");
    psb_html_heading(to, "1 < 2");
    psb_html_paragraph(to, "plain");
    psb_html_table_begin(to);
    psb_html_table_row(to, cells, 3, 1);
    psb_html_table_row(to, cells, 2, 0);
    psb_html_table_end(to);
    psb_html_end(to);
}

static void texts_are_escaped_and_elements_closed(void **state)
{
    (void)state;
    const char *page = written_by(write_texts);
    assert_int_equal(strncmp(page, "<!doctype html>", 15), 0);
    expect_piece(page, "<title>A &lt;title&gt; &amp; more</title>");
    expect_piece(page, "<h2>1 &lt; 2</h2>");
    expect_piece(page, "<p>plain</p>");
    expect_piece(page, "<th>&quot;c&quot;</th>");
    assert_int_equal(count_of(page, "&lt;script&gt;"), 2);
    assert_int_equal(count_of(page, "<script>"), 0);
    assert_int_equal(count_of(page, "<td>"), 2);
    assert_int_equal(count_of(page, "<tr>"), count_of(page, "</tr>"));
    assert_int_equal(count_of(page, "<table>"), count_of(page, "</table>"));
    expect_piece(page, "</body></html>");
}

/* The plot runs from x 48 to 530 and, downwards, from y 12 to 320. */
static void write_lines(psb_outfile *to)
{
    static const double x[] = {0.5, 0.75, 1.0}, low[] = {0, 0.5, 1}, high[] = {2, -1, 1};
    const psb_chart_line lines[] = {{"strong", high, 1}, {"thin & weak", low, 0}};
    psb_html_line_chart(to, &(psb_chart_axes){"across", "up", x, 3}, lines, 2);
}

static void lines_go_through_their_points(void **state)
{
    (void)state;
    const char *chart = written_by(write_lines);
    const char *weak = strstr(chart, "points=\"48.0,320.0 289.0,166.0 530.0,12.0 \"");
    const char *strong = strstr(chart, "points=\"48.0,12.0 289.0,320.0 530.0,12.0 \""); /* kept inside the plot */
    assert_true(weak && strong && weak < strong);                                       /* strong ones on top */
    expect_piece(chart, "thin &amp; weak</text>");
    expect_piece(chart, ">across</text>");
    assert_int_equal(count_of(chart, "<svg"), count_of(chart, "</svg>"));
}

static void write_bars(psb_outfile *to)
{
    const char *const names[3] = {"one", "two", "three"};
    const psb_chart_bar bars[] = {{"row", {0.5, -0.25, 1}}};
    psb_html_bar_chart(to, names, bars, 1);
}

static void bars_are_as_long_as_their_values(void **state)
{
    (void)state;
    const char *chart = written_by(write_bars);
    expect_piece(chart, "width=\"235.0\""); /* half of 470 */
    expect_piece(chart, "width=\"0.0\"");   /* MOTA may be negative: no bar, but its number */
    expect_piece(chart, "width=\"470.0\"");
    expect_piece(chart, ">-25.0</text>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_escaped_and_elements_closed),
        cmocka_unit_test(lines_go_through_their_points),
        cmocka_unit_test(bars_are_as_long_as_their_values),
    };
    snprintf(path, sizeof(path), "/tmp/psb_test_html_%ld", (long)getpid());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
