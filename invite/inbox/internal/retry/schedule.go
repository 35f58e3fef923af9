package retry

import (
	"container/heap"
	"time"
)

// schedule is a heap of mails that wait for another try, the first due on top.
type schedule[M Mail] []M

// due removes and returns a mail whose time has come, if there is one.
func (s *schedule[M]) due(now time.Time) (m M, ok bool) {
	if len(*s) == 0 || (*s)[0].RetryState().Due.After(now) {
		return m, false
	}
	return heap.Pop(s).(M), true
}

// Len, Less, Swap, Push and Pop implement [heap.Interface].
func (s schedule[M]) Len() int           { return len(s) }
func (s schedule[M]) Less(i, j int) bool { return s[i].RetryState().Due.Before(s[j].RetryState().Due) }
func (s schedule[M]) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *schedule[M]) Push(e any)        { *s = append(*s, e.(M)) }
func (s *schedule[M]) Pop() any {
	last := len(*s) - 1
	m := (*s)[last]
	clear((*s)[last:])
	*s = (*s)[:last]
	return m
}
