/* logging.h: lws's own log lines: evidence in a record, or the user's sink.
 *
 * lws has one log hook per process and no user pointer. While a connection
 * is being served its lines go into that connection's record; all lines that
 * pass the user's level are queued and drained outside of callbacks.
 */
#ifndef WSSTLS_LOGGING_H
#define WSSTLS_LOGGING_H

#include "record.h"

void wsstls_log_init(void);
void wsstls_log_free(void);
/* "none", "error", "warning", "notice", "info", "debug"; 0: unknown. */
int wsstls_log_level(const char *name);
/* Calls fn for every queued line, oldest first; `lost` counts what a full
 * queue dropped. */
void wsstls_log_drain(void (*fn)(const char *level, const char *line,
                                 void *ud), void *ud, unsigned *lost);

#endif
