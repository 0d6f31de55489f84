package service

import (
	"context"
	"time"

	"sluss/ledger"
)

// RefusableContent returns the faults for which its registry would refuse a content.
var RefusableContent = refusableContent

// EventsOf are the events of a timeline.
var EventsOf = eventsOf

// JudgeFirst is what an empty extract that was made after that moment tells of
// the first filing that waits.
func JudgeFirst(ctx context.Context, l *ledger.Ledger, madeAfter time.Time) (Searched, error) {
	s := search{report: Extracted{MadeAfter: madeAfter}}
	if err := s.open(ctx, l, nil); err != nil {
		return Searched{}, err
	}
	err := s.compareAll()
	return s.judge(s.waiting[0]), err
}
