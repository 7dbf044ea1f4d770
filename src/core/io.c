/* io.c: the table of descriptors, and who waits for what in a turn. */
#include "loop.h"

#include <stdlib.h>
#include <string.h>
#include "poller.h"

static int grow_table(wsstls_loop *loop, int fd)
{
  int size = (fd + 64) * 2;
  wsstls_io **table = realloc(loop->table, (size_t)size * sizeof *table);

  if (table == NULL)
    return 0;
  memset(table + loop->table_size, 0,
         (size_t)(size - loop->table_size) * sizeof *table);
  loop->table = table;
  loop->table_size = size;
  return 1;
}

wsstls_io *wsstls_io_of(wsstls_loop *loop, int fd)
{
  return loop != NULL && fd >= 0 && fd < loop->table_size ? loop->table[fd]
                                                          : NULL;
}

void wsstls_io_watch(wsstls_io *io)
{
  wsstls_loop *loop = io->loop;

  if (io->fd < 0 || (io->fd >= loop->table_size && !grow_table(loop, io->fd)))
    return;
  if (loop->table[io->fd] != io) {
    loop->table[io->fd] = io;
    if (++loop->generations == 0)
      loop->generations = 1;
    io->generation = loop->generations;
    io->watched = 0;
  }
  if (!io->watched)
    wsstls_poller_watch(loop->poller, io);
}

void wsstls_io_unwatch(wsstls_io *io)
{
  wsstls_loop *loop = io->loop;

  if (io->fd >= 0 && wsstls_io_of(loop, io->fd) == io) {
    if (io->watched && !loop->closing)
      wsstls_poller_unwatch(loop->poller, io);
    loop->table[io->fd] = NULL;
  }
  io->watched = 0;
  io->fd = -1;
}

void wsstls_io_dispatch(wsstls_loop *loop, int fd, uint32_t generation,
                        unsigned events)
{
  wsstls_io *io = wsstls_io_of(loop, fd);

  if (io == NULL || io->generation != generation)
    return;
  io->on_hold(io);
  io->on_events(io, events);
  io->on_drop(io);
}

void wsstls_io_again(wsstls_io *io)
{
  if (io->in_again)
    return;
  io->in_again = 1;
  io->on_hold(io);
  io->again_next = io->loop->again;
  io->loop->again = io;
}

void wsstls_io_ready(wsstls_io *io)
{
  wsstls_loop *loop = io->loop;

  if (io->in_ready)
    return;
  io->in_ready = 1;
  io->on_hold(io);
  io->ready_next = NULL;
  *loop->ready_tail = io;
  loop->ready_tail = &io->ready_next;
}

void wsstls_io_dirty(wsstls_io *io)
{
  if (io->in_dirty)
    return;
  io->in_dirty = 1;
  io->on_hold(io);
  io->dirty_next = io->loop->dirty;
  io->loop->dirty = io;
}

/* Nobody will be told any more: the lists only let go of what they hold. */
void wsstls_io_drop_lists(wsstls_loop *loop)
{
  wsstls_io *again = loop->again, *ready = loop->ready, *dirty = loop->dirty;

  loop->again = loop->ready = loop->dirty = NULL;
  loop->ready_tail = &loop->ready;
  for (wsstls_io *io = again, *next; io != NULL; io = next) {
    next = io->again_next;
    io->in_again = 0;
    io->on_drop(io);
  }
  for (wsstls_io *io = ready, *next; io != NULL; io = next) {
    next = io->ready_next;
    io->in_ready = 0;
    io->on_drop(io);
  }
  for (wsstls_io *io = dirty, *next; io != NULL; io = next) {
    next = io->dirty_next;
    io->in_dirty = 0;
    io->on_drop(io);
  }
}

void wsstls_io_run_again(wsstls_loop *loop)
{
  wsstls_io *io = loop->again;

  loop->again = NULL;
  while (io != NULL) {
    wsstls_io *next = io->again_next;

    io->in_again = 0;
    io->on_events(io, WSSTLS_READABLE | WSSTLS_WRITABLE);
    io->on_drop(io);
    io = next;
  }
}

void wsstls_io_delivered(wsstls_loop *loop)
{
  wsstls_io *io = loop->ready;

  loop->ready = io->ready_next;
  if (loop->ready == NULL)
    loop->ready_tail = &loop->ready;
  io->in_ready = 0;
  io->on_drop(io);
}

void wsstls_io_run_dirty(wsstls_loop *loop)
{
  wsstls_io *io = loop->dirty;

  loop->dirty = NULL;
  while (io != NULL) {
    wsstls_io *next = io->dirty_next;

    io->in_dirty = 0;
    if (io->on_flush != NULL)
      io->on_flush(io);
    io->on_drop(io);
    io = next;
  }
}

