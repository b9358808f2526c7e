/* html_write.c
 * HTML that a reader's browser takes as it is meant: text made safe, elements,
 * tables. Whatever is text goes through here.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "html_write.h"

#include <string.h>

#include "layout.h"

void sse_html_text(GString *out, const char *text)
{
    static const char special[] = "<>&\"'";
    static const char *const references[] = { "&lt;", "&gt;", "&amp;", "&quot;", "&#39;" };
    char *safe = sse_escape(text);

    G_STATIC_ASSERT(G_N_ELEMENTS(references) == sizeof special - 1);
    for (const char *at = safe; *at != '\0'; at++) {
        const char *found = strchr(special, *at);

        if (found != NULL)
            g_string_append(out, references[found - special]);
        else
            g_string_append_c(out, *at);
    }
    g_free(safe);
}

void sse_html_lines(GString *out, const char *lines)
{
    for (const char *end; *lines != '\0'; lines = end + (*end == '\n')) {
        char *line;

        end = lines + strcspn(lines, "\n");
        line = g_strndup(lines, (gsize)(end - lines));
        sse_html_text(out, line);
        g_free(line);
        if (*end == '\n')
            g_string_append_c(out, '\n');
    }
}

static void open_tag(GString *out, const char *tag, const char *class_name)
{
    g_string_append_printf(out, "<%s", tag);
    if (class_name != NULL)
        g_string_append_printf(out, " class=\"%s\"", class_name);
    g_string_append_c(out, '>');
}

void sse_html_element(GString *out, const char *tag, const char *class_name, const char *text)
{
    open_tag(out, tag, class_name);
    sse_html_text(out, text);
    g_string_append_printf(out, "</%s>\n", tag);
}

void sse_html_printf(GString *out, const char *tag, const char *class_name, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    sse_html_take(out, tag, class_name, g_strdup_vprintf(format, ap));
    va_end(ap);
}

void sse_html_take(GString *out, const char *tag, const char *class_name, char *text)
{
    if (text != NULL)
        sse_html_element(out, tag, class_name, text);
    g_free(text);
}

void sse_html_paragraphs(GString *out, const char *lines)
{
    GString *text = g_string_new(NULL);

    while (*lines != '\0') {
        const char *end = lines + strcspn(lines, "\n");

        g_string_append_len(text, lines, end - lines);
        lines = end + (*end == '\n');
        if (*lines == ' ') {
            lines += strspn(lines, " ");
            g_string_append_c(text, ' ');
            continue;
        }
        if (text->len > 0)
            sse_html_element(out, "p", g_str_has_prefix(text->str, "Warning: ") ? "warning" : NULL, text->str);
        g_string_truncate(text, 0);
    }
    g_string_free(text, TRUE);
}

void sse_html_fact(GString *out, const char *term, char *text)
{
    if (text != NULL && *text != '\0') {
        g_string_append_printf(out, "<dt>%s</dt>", term);
        sse_html_element(out, "dd", NULL, text);
    }
    g_free(text);
}

void sse_html_code_fact(GString *out, const char *term, char *text)
{
    if (text != NULL) {
        g_string_append_printf(out, "<dt>%s</dt><dd>", term);
        sse_html_element(out, "code", NULL, text);
        g_string_append(out, "</dd>\n");
    }
    g_free(text);
}

/* ---- tables ---- */

static const char *column_name(const char *column)
{
    return *column == '#' ? column + 1 : column;
}

void sse_html_table_begin(sse_html_table *t, GString *out, const char *class_name, const char *const *columns, unsigned count)
{
    t->out = out;
    t->columns = columns;
    t->count = count;
    t->at = 0;
    open_tag(out, "table", class_name);
    g_string_append(out, "\n<thead><tr>");
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(out, "<th%s scope=\"col\">%s</th>", *columns[i] == '#' ? " class=\"number\"" : "",
                               column_name(columns[i]));
    g_string_append(out, "</tr></thead>\n<tbody>\n");
}

void sse_html_cell_open(sse_html_table *t, const char *class_name)
{
    const char *column = t->columns[t->at % t->count];
    const bool number = *column == '#';

    if (t->at % t->count == 0)
        g_string_append(t->out, t->at > 0 ? "</tr>\n<tr>" : "<tr>");
    t->at++;
    g_string_append_printf(t->out, "<td data-column=\"%s\"", column_name(column));
    if (class_name != NULL || number)
        g_string_append_printf(t->out, " class=\"%s%s%s\"", number ? "number" : "", number && class_name != NULL ? " " : "",
                               class_name != NULL ? class_name : "");
    g_string_append_c(t->out, '>');
}

void sse_html_cell(sse_html_table *t, const char *class_name, const char *text)
{
    sse_html_cell_open(t, class_name);
    sse_html_text(t->out, text);
    g_string_append(t->out, "</td>");
}

void sse_html_cell_printf(sse_html_table *t, const char *class_name, const char *format, ...)
{
    va_list ap;
    char *text;

    va_start(ap, format);
    text = g_strdup_vprintf(format, ap);
    va_end(ap);
    sse_html_cell(t, class_name, text);
    g_free(text);
}

void sse_html_row_facts(sse_html_table *t, const GString *facts)
{
    if (facts->len > 0)
        g_string_append_printf(t->out, "</tr>\n<tr class=\"facts\"><td colspan=\"%u\"><dl>\n%s</dl></td>", t->count, facts->str);
}

void sse_html_table_end(sse_html_table *t)
{
    g_string_append_printf(t->out, "%s</tbody>\n</table>\n", t->at > 0 ? "</tr>\n" : "");
}
