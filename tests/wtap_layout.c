/* wtap_layout.c
 * Prints where the members of struct wtap lie that the reader of logs uses, and
 * fails to compile where one has another type: once with the plugin's own
 * declaration, once (WTAP_THEIRS) with Wireshark's. check_wtap.py compares.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifdef WTAP_THEIRS
#include <ws_version.h>
#include "wtap-int.h"
#include "file_wrappers.h"
#else
#include "compat_wtap.h"
#endif

#include <stddef.h>
#include <stdio.h>

#if WIRESHARK_VERSION_MAJOR == 4 && WIRESHARK_VERSION_MINOR == 0
#define YES_OR_NO gboolean
#else
#define YES_OR_NO bool
#endif

#if WIRESHARK_VERSION_MAJOR == 4 && WIRESHARK_VERSION_MINOR < 6
#define BUFFER , Buffer *
#else
#define BUFFER
#endif

#define MEMBER(member) (((struct wtap *)0)->member)
#define IS(expression, ...) \
    _Static_assert(__builtin_types_compatible_p(__typeof__(expression), __VA_ARGS__), #expression " has another type")

IS(MEMBER(fh), FILE_T);
IS(MEMBER(random_fh), FILE_T);
IS(MEMBER(file_type_subtype), int);
IS(MEMBER(snapshot_length), unsigned);
IS(MEMBER(shb_hdrs), GArray *);
IS(MEMBER(pathname), char *);
IS(MEMBER(priv), void *);
IS(MEMBER(subtype_read), YES_OR_NO (*)(struct wtap *, wtap_rec * BUFFER, int *, char **, int64_t *));
IS(MEMBER(subtype_seek_read), YES_OR_NO (*)(struct wtap *, int64_t, wtap_rec * BUFFER, int *, char **));
IS(MEMBER(subtype_sequential_close), void (*)(struct wtap *));
IS(MEMBER(subtype_close), void (*)(struct wtap *));
IS(MEMBER(file_encap), int);
IS(MEMBER(file_tsprec), int);
IS(wtap_add_generated_idb, void (wtap *));
IS(file_read, int (void *, unsigned, FILE_T));
IS(file_seek, int64_t (FILE_T, int64_t, int, int *));
IS(file_error, int (FILE_T, char **));

#define PLACE(member) printf("%s %zu %zu\n", #member, offsetof(struct wtap, member), sizeof MEMBER(member))

int main(void)
{
    PLACE(fh);
    PLACE(random_fh);
    PLACE(file_type_subtype);
    PLACE(snapshot_length);
    PLACE(shb_hdrs);
    PLACE(pathname);
    PLACE(priv);
    PLACE(subtype_read);
    PLACE(subtype_seek_read);
    PLACE(subtype_sequential_close);
    PLACE(subtype_close);
    PLACE(file_encap);
    PLACE(file_tsprec);
    return 0;
}
