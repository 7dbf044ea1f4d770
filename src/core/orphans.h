/* orphans.h: processes whose parent ended before them.
 *
 * A program that is killed takes its process group along; what its own
 * children had started in groups of theirs stays. On Linux a process can ask
 * to become the parent of such ones (prctl(2), PR_SET_CHILD_SUBREAPER; the
 * list: proc(5), /proc/pid/task/tid/children). For a command that owns its
 * whole process, not for a library in somebody else's.
 */
#ifndef WSSTLS_ORPHANS_H
#define WSSTLS_ORPHANS_H

#include <stddef.h>

/* From now on (or no longer) orphans below us become our children. */
void wsstls_orphans_adopt(int on);
/* Our children, except programs that run (program.h): at most `room` of
 * them, how many were put in. 0 where the system does not say. */
size_t wsstls_orphans_list(int *pids, size_t room);
/* Kills a child of ours and waits for its end. */
void wsstls_orphans_kill(int pid);
/* From now on SIGTERM does what SIGINT does: the interpreter raises an error,
 * and what runs or is open is ended on the way out. The error comes anywhere,
 * and who catches errors may take it for another: told says what it was. */
void wsstls_orphans_prevent(void);
int wsstls_orphans_told(void); /* 1: one of the two signals came */

#endif
