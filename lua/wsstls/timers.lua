--- A binary heap of things that are due at a time.
--
-- An item is any table; the heap owns two of its fields: `at` (monotonic
-- seconds, set by the caller before push) and `slot` (its place, nil while it
-- is not in the heap). Knowing the place makes removal O(log n): a loop that
-- receives a million messages with a deadline leaves nothing behind.
-- @module wsstls.timers

local timers = {}

local function sift_up(heap, item, i)
  while i > 1 do
    local parent_slot = (i - i % 2) / 2
    local parent = heap[parent_slot]
    if parent.at <= item.at then break end
    heap[i], parent.slot = parent, i
    i = parent_slot
  end
  heap[i], item.slot = item, i
end

local function sift_down(heap, item, i, n)
  while true do
    local child_slot = 2 * i
    if child_slot > n then break end
    local child = heap[child_slot]
    if child_slot < n and heap[child_slot + 1].at < child.at then
      child_slot = child_slot + 1
      child = heap[child_slot]
    end
    if item.at <= child.at then break end
    heap[i], child.slot = child, i
    i = child_slot
  end
  heap[i], item.slot = item, i
end

--- Adds `item`, which is due at `item.at`.
function timers.push(heap, item)
  local n = heap.n + 1
  heap.n = n
  sift_up(heap, item, n)
end

--- Takes `item` out; an item that is not in the heap is left alone.
function timers.remove(heap, item)
  local i, n = item.slot, heap.n
  if not i then return end
  local last = heap[n]
  heap[n], heap.n, item.slot = nil, n - 1, nil
  if last == item then return end
  if i > 1 and heap[(i - i % 2) / 2].at > last.at then
    sift_up(heap, last, i)
  else
    sift_down(heap, last, i, n - 1)
  end
end

--- An empty heap; `heap[1]` is the item due first, `heap.n` their number.
function timers.new()
  return { n = 0 }
end

return timers
