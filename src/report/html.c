/* SPDX-License-Identifier: Apache-2.0
 *
 * HTML pages with inline SVG. Colours are Okabe and Ito's ("Color Universal Design", 2008), told apart by the
 * colour-blind; a strong line is black. Sizes are in CSS pixels; charts are 720 wide.
 */
#include "report/html.h"

#include <math.h>

enum {
    CHART_WIDTH = 720,
    CHART_HEIGHT = 360,
    LEFT = 48,
    RIGHT = 190,
    TOP = 12,
    BOTTOM = 40,
    BAR_GROUP_HEIGHT = 44,
    BAR_HEIGHT = 12,
    COLOR_COUNT = 7,
};

static const char *const colors[COLOR_COUNT] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                "#e69f00", "#56b4e9", "#8c8c00"};

static void put_text(psb_outfile *to, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<':
            psb_outfile_write(to, "&lt;", 4);
            break;
        case '>':
            psb_outfile_write(to, "&gt;", 4);
            break;
        case '&':
            psb_outfile_write(to, "&amp;", 5);
            break;
        case '"':
            psb_outfile_write(to, "&quot;", 6);
            break;
        default:
            psb_outfile_write(to, text, 1);
        }
    }
}

static void put_element(psb_outfile *to, const char *name, const char *text)
{
    psb_outfile_printf(to, "<%s>", name);
    put_text(to, text);
    psb_outfile_printf(to, "</%s>\n", name);
}

void psb_html_begin(psb_outfile *to, const char *title)
{
    psb_outfile_printf(to, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n");
    put_element(to, "title", title);
    psb_outfile_printf(to, "<style>body{font:15px/1.45 sans-serif;margin:2em auto;max-width:1100px;color:#222}"
                           "table{border-collapse:collapse;margin:1em 0}td,th{padding:3px 10px;text-align:right;"
                           "border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:left}"
                           "tr:last-child td{font-weight:bold}svg text{font:12px sans-serif;fill:#333}</style>"
                           "</head><body>\n");
    put_element(to, "h1", title);
}

void psb_html_end(psb_outfile *to)
{
    psb_outfile_printf(to, "</body></html>\n");
}

void psb_html_heading(psb_outfile *to, const char *text)
{
    put_element(to, "h2", text);
}

void psb_html_paragraph(psb_outfile *to, const char *text)
{
    put_element(to, "p", text);
}

void psb_html_table_begin(psb_outfile *to)
{
    psb_outfile_printf(to, "<table>\n");
}

void psb_html_table_row(psb_outfile *to, const char *const *cells, int32_t cell_count, int is_head)
{
    psb_outfile_printf(to, "<tr>");
    for (int32_t i = 0; i < cell_count; i++) put_element(to, is_head ? "th" : "td", cells[i]);
    psb_outfile_printf(to, "</tr>\n");
}

void psb_html_table_end(psb_outfile *to)
{
    psb_outfile_printf(to, "</table>\n");
}

static void put_label(psb_outfile *to, double x, double y, const char *anchor, const char *text)
{
    psb_outfile_printf(to, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    put_text(to, text);
    psb_outfile_printf(to, "</text>\n");
}

static double x_of(double x, double least, double most)
{
    return LEFT + (CHART_WIDTH - LEFT - RIGHT) * (most > least ? (x - least) / (most - least) : 0.5);
}

static double y_of(double y)
{
    return TOP + (CHART_HEIGHT - TOP - BOTTOM) * (1 - fmin(fmax(y, 0), 1));
}

static void put_axes(psb_outfile *to, const psb_chart_axes *axes)
{
    const double *x = axes->x;
    const int32_t x_count = axes->x_count;
    for (int32_t tick = 0; tick <= 5; tick++) {
        psb_outfile_printf(to, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n", LEFT,
                           CHART_WIDTH - RIGHT, y_of(tick / 5.0), y_of(tick / 5.0));
        psb_outfile_printf(to, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f</text>\n", LEFT - 6,
                           y_of(tick / 5.0) + 4, tick / 5.0);
    }
    const int32_t step = x_count > 10 ? 3 : 1;
    for (int32_t i = 0; i < x_count; i += step)
        psb_outfile_printf(to, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.2f</text>\n",
                           x_of(x[i], x[0], x[x_count - 1]), CHART_HEIGHT - BOTTOM + 16, x[i]);
    put_label(to, (LEFT + CHART_WIDTH - RIGHT) / 2.0, CHART_HEIGHT - 6, "middle", axes->x_name);
    psb_outfile_printf(to, "<g transform=\"translate(12 %d) rotate(-90)\">", (TOP + CHART_HEIGHT - BOTTOM) / 2);
    put_label(to, 0, 0, "middle", axes->y_name);
    psb_outfile_printf(to, "</g>\n");
}

void psb_html_line_chart(psb_outfile *to, const psb_chart_axes *axes, const psb_chart_line *lines, int32_t line_count)
{
    const double *x = axes->x;
    const int32_t x_count = axes->x_count;
    const int32_t legend_height = TOP + 16 * line_count + 8;
    const int32_t height = legend_height > CHART_HEIGHT ? legend_height : CHART_HEIGHT;
    psb_outfile_printf(to, "<svg width=\"%d\" height=\"%d\" role=\"img\">\n", CHART_WIDTH, height);
    put_axes(to, axes);
    for (int32_t pass = 0; pass < 2; pass++) { /* strong lines last: on top */
        for (int32_t i = 0; i < line_count; i++) {
            if ((lines[i].is_strong != 0) != (pass == 1)) continue;
            const char *color = lines[i].is_strong ? "#000" : colors[i % COLOR_COUNT];
            psb_outfile_printf(to, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\" points=\"", color,
                               lines[i].is_strong ? 3.0 : 1.5);
            for (int32_t k = 0; k < x_count; k++)
                psb_outfile_printf(to, "%.1f,%.1f ", x_of(x[k], x[0], x[x_count - 1]), y_of(lines[i].y[k]));
            psb_outfile_printf(to, "\"/>\n<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"4\" fill=\"%s\"/>\n",
                               CHART_WIDTH - RIGHT + 12, TOP + 16 * i + 6, color);
            put_label(to, CHART_WIDTH - RIGHT + 30, TOP + 16 * i + 12, "start", lines[i].name);
        }
    }
    psb_outfile_printf(to, "</svg>\n");
}

void psb_html_bar_chart(psb_outfile *to, const char *const value_names[3], const psb_chart_bar *bars, int32_t bar_count)
{
    const int32_t full = CHART_WIDTH - RIGHT - 60;
    psb_outfile_printf(to, "<svg width=\"%d\" height=\"%d\" role=\"img\">\n", CHART_WIDTH,
                       BAR_GROUP_HEIGHT * bar_count + 24);
    for (int32_t v = 0; v < 3; v++) {
        psb_outfile_printf(to, "<rect x=\"%d\" y=\"4\" width=\"12\" height=\"12\" fill=\"%s\"/>\n", RIGHT + 90 * v,
                           colors[v]);
        put_label(to, RIGHT + 90 * v + 18, 14, "start", value_names[v]);
    }
    for (int32_t i = 0; i < bar_count; i++) {
        const int32_t y = 24 + BAR_GROUP_HEIGHT * i;
        put_label(to, RIGHT - 10, y + 22, "end", bars[i].name);
        for (int32_t v = 0; v < 3; v++) {
            const double width = full * fmin(fmax(bars[i].value[v], 0), 1); /* MOTA may be negative */
            psb_outfile_printf(to, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", RIGHT,
                               y + BAR_HEIGHT * v, width, BAR_HEIGHT - 2, colors[v]);
            psb_outfile_printf(to, "<text x=\"%.1f\" y=\"%d\">%.1f</text>\n", RIGHT + width + 6,
                               y + BAR_HEIGHT * v + 10, 100 * bars[i].value[v]);
        }
    }
    psb_outfile_printf(to, "</svg>\n");
}
