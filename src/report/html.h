/* SPDX-License-Identifier: Apache-2.0
 *
 * One self-contained HTML file for people: headings, tables and line charts (inline SVG), no scripts, nothing loaded
 * from elsewhere. Calls append in the order of the page; texts are escaped. Failures stick to the outfile.
 */
#ifndef PSB_REPORT_HTML_H
#define PSB_REPORT_HTML_H

#include <stdint.h>

#include "base/outfile.h"

void psb_html_begin(psb_outfile *to, const char *title);
void psb_html_end(psb_outfile *to);
void psb_html_heading(psb_outfile *to, const char *text);
void psb_html_paragraph(psb_outfile *to, const char *text);

/* A table row by row; the first cell of a row is its name. */
void psb_html_table_begin(psb_outfile *to);
void psb_html_table_row(psb_outfile *to, const char *const *cells, int32_t cell_count, int is_head);
void psb_html_table_end(psb_outfile *to);

typedef struct psb_chart_line {
    const char *name;
    const double *y; /* [x_count], 0..1 */
    int is_strong;   /* drawn thick, on top */
} psb_chart_line;

typedef struct psb_chart_axes {
    const char *x_name, *y_name;
    const double *x; /* [x_count], rising; y runs from 0 to 1 */
    int32_t x_count;
} psb_chart_axes;

/* Lines over a common x axis. */
void psb_html_line_chart(psb_outfile *to, const psb_chart_axes *axes, const psb_chart_line *lines, int32_t line_count);

typedef struct psb_chart_bar {
    const char *name;
    double value[3]; /* 0..1, one bar each */
} psb_chart_bar;

/* Groups of three bars, one group a row; value_names are their legend. */
void psb_html_bar_chart(psb_outfile *to, const char *const value_names[3], const psb_chart_bar *bars,
                        int32_t bar_count);

#endif
