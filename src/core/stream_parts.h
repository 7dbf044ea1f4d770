/* stream_parts.h: what stream.c and stream_dial.c share. */
#ifndef WSSTLS_STREAM_PARTS_H
#define WSSTLS_STREAM_PARTS_H

#include "stream.h"

struct wsstls_dial;

struct wsstls_stream {
  wsstls_io io;                /* first: the loop casts */
  int refs;
  uint8_t interest;            /* WSSTLS_READABLE | WSSTLS_WRITABLE */
  uint8_t readable, writable;  /* as far as is known */
  uint8_t hung;                /* its user knows that the peer hung up */
  uint8_t dead;                /* closed: nobody is told any more */
  int error;
  wsstls_status status;
  wsstls_address peer;
  wsstls_stream_fn fn;
  void *ud;
  struct wsstls_dial *dial;    /* NULL: it is connected */
};

wsstls_stream *wsstls_stream_new(wsstls_loop *loop, wsstls_stream_fn fn,
                                 void *ud);
/* Something happened to a stream that is still being dialled. */
void wsstls_dial_events(wsstls_stream *s, unsigned events);
void wsstls_dial_free(wsstls_stream *s);

#endif
