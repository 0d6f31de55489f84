package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"sluss"
	"sluss/quota"
)

// Quota is the state of a registry's quota, with a forecast for its queue.
type Quota struct {
	Registry      string    `json:"registry"`
	Limits        []Used    `json:"limits"`
	Reserve       int       `json:"reserve,omitempty"`   // of a day's calls, kept for urgent ones
	Paused        string    `json:"paused,omitempty"`    // why calls are paused
	NotBefore     time.Time `json:"not_before,omitzero"` // the registry asked us not to call before then
	Held          string    `json:"held,omitempty"`      // what it said
	Reserved      int       `json:"reserved"`            // calls with a reservation in the future
	Waiting       int       `json:"waiting"`             // calls without a reservation yet
	Clears        time.Time `json:"clears,omitzero"`     // when the last of them leaves, if no others arrive
	Late          int       `json:"late"`                // filings that will miss, or have missed, their due time
	Misses        []Miss    `json:"misses,omitempty"`    // those that miss by most; at most MostMisses
	WhatIf        int       `json:"what_if,omitempty"`   // how many further calls were supposed; Waiting does not count them
	HasDispatcher bool      `json:"has_dispatcher"`      // reservations are handed out, if calls wait
}

// Used is a limit and how much of it is used in the current window or day.
type Used struct {
	Limit   string    `json:"limit"`
	Calls   int       `json:"calls"`
	Used    int       `json:"used"`              // by us, and by others as far as the registry says
	Lowered bool      `json:"lowered,omitempty"` // set by an operator; the registry allows more
	Begins  time.Time `json:"begins"`
}

// Miss is a filing that will be sent after it is due.
type Miss struct {
	Filing string        `json:"filing"` // empty: a supposed one
	Due    time.Time     `json:"due"`
	At     time.Time     `json:"at"` // when it will be sent
	By     time.Duration `json:"by"` // nanoseconds
}

// MostMisses is how many misses are listed.
const MostMisses = 100

// WhatIf is a supposition: so many further calls, at one registry or at all, with due
// times like those that wait, or due at one moment.
type WhatIf struct {
	Registry string
	More     int
	Due      time.Time
}

const (
	listQuotas    = `select registry from quotas order by registry`
	allWaiting    = `select id, filing, asked, due, calls from tickets where registry = $1 and reserved_at is null`
	countReserved = `select coalesce(sum(calls), 0) from tickets where registry = $1 and reserved_at >= clock_timestamp()`
)

// Quotas returns the state of every quota that a worker has set or a filing has asked
// for, with a forecast for its queue.
func (l *Ledger) Quotas(ctx context.Context, suppose WhatIf) ([]Quota, error) {
	registries, err := many[string](ctx, l, "read the quotas", listQuotas)
	if err != nil {
		return nil, err
	}
	list := []Quota{}
	for _, registry := range registries {
		s, err := l.quotaState(ctx, registry)
		if err != nil {
			return nil, fmt.Errorf("read the quota of %s: %w", registry, err)
		}
		if suppose.Registry != "" && suppose.Registry != registry {
			list = append(list, s.view(WhatIf{}))
			continue
		}
		list = append(list, s.view(suppose))
	}
	return list, nil
}

// quotaState is one quota with its past and its queue, at one moment.
type quotaState struct {
	*queue
	reserved int
	waiting  []ticket
}

// quotaState reads a quota without locking it.
func (l *Ledger) quotaState(ctx context.Context, registry string) (s *quotaState, err error) {
	err = l.db.transaction(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, func(ctx context.Context, tx *work) error {
		s = &quotaState{queue: &queue{session: tx, ctx: ctx, registry: registry}}
		return s.readAll()
	})
	return s, err
}

func (s *quotaState) readAll() error {
	if err := s.read(); err != nil {
		return err
	}
	if _, err := s.readPast(); err != nil {
		return err
	}
	if err := s.SelectContext(s.ctx, &s.waiting, allWaiting, s.registry); err != nil {
		return err
	}
	return s.Get(&s.reserved, countReserved, s.registry)
}

func (s *quotaState) view(suppose WhatIf) Quota {
	q := Quota{
		Registry: s.registry, Limits: s.used(), Reserve: s.row.Reserve, Paused: s.row.Paused, WhatIf: suppose.More,
		Reserved: s.reserved, HasDispatcher: s.hasDispatcher(),
	}
	if s.row.NotBefore.After(s.row.Now) {
		q.NotBefore, q.Held = s.row.NotBefore, s.row.Held
	}
	for _, t := range s.waiting {
		q.Waiting += max(1, t.Calls)
	}
	for _, g := range s.forecast(suppose) {
		if g.At.After(q.Clears) {
			q.Clears = g.At
		}
		if g.Ticket.Late(g.At) {
			q.Late++
			q.Misses = append(q.Misses, Miss{Filing: g.filing, Due: g.Ticket.Due, At: g.At, By: g.At.Sub(g.Ticket.Due)})
		}
	}
	slices.SortStableFunc(q.Misses, func(a, b Miss) int { return int(b.By - a.By) })
	q.Misses = q.Misses[:min(len(q.Misses), MostMisses)]
	return q
}

// hasDispatcher tells whether the next round is not overdue, if calls wait.
func (s *quotaState) hasDispatcher() bool {
	due := s.row.Now
	for _, t := range s.waiting {
		if t.Asked.Before(due) {
			due = t.Asked
		}
	}
	return s.row.Now.Sub(later(due, s.row.RoundAt)) < overdue
}

// overdue is how late a round is if no process makes it.
const overdue = 10 * time.Second

type expected struct {
	quota.Grant
	filing string
}

// forecast says when the tickets in the queue will be sent, as if a pause ended now.
func (s *quotaState) forecast(suppose WhatIf) []expected {
	from := s.earliest(s.row.Now)
	filings := map[int64]string{}
	tickets := make([]quota.Ticket, len(s.waiting))
	for i, t := range s.waiting {
		tickets[i], filings[t.ID] = t.forQuota(), t.Filing
	}
	if suppose.More > 0 {
		tickets = append(tickets, quota.WhatIf(tickets, suppose.More, s.row.Now, suppose.Due)...)
	}
	grants := s.quota.Forecast(from, s.past, tickets)
	all := make([]expected, len(grants))
	for i, g := range grants {
		all[i] = expected{g, filings[g.Ticket.ID]}
	}
	return all
}

func (s *quotaState) used() []Used {
	list := make([]Used, 0, len(s.quota.Limits))
	for i, limit := range s.quota.Limits {
		begins := s.row.Now.Add(-limit.Per)
		if limit.Day != nil {
			begins = quota.Quota{Limits: []quota.Limit{limit}}.Midnights(s.row.Now)[0]
		}
		used := s.past.Since(begins) - s.past.Since(s.row.Now)
		list = append(list, Used{Limit: limit.String(), Calls: limit.Calls, Used: max(0, used), Lowered: i >= len(s.row.Limits), Begins: begins})
	}
	return list
}

const (
	warned     = `select id from tickets where registry = $1 and late_by is not null`
	keepWarned = `
update tickets set late_by = case when given.seconds > 0 then given.seconds * interval '1 second' end
from unnest($1::bigint[], $2::bigint[]) as given (id, seconds)
where tickets.id = given.id`
)

// Warn returns the forecasts that an officer must know: of filings that will miss a
// due time in the future, if no warning was given yet, and of those that had a warning
// and will be in time after all. MarkWarned must follow.
func (l *Ledger) Warn(ctx context.Context, registry string) ([]sluss.Forecast, error) {
	s, err := l.quotaState(ctx, registry)
	if err != nil {
		return nil, fmt.Errorf("forecast for %s: %w", registry, err)
	}
	list, err := many[int64](ctx, l, "read which filings have a warning", warned, registry)
	if err != nil {
		return nil, err
	}
	before := map[int64]bool{}
	for _, id := range list {
		before[id] = true
	}
	var changed []sluss.Forecast
	for _, e := range s.forecast(WhatIf{}) {
		if e.Ticket.Due.IsZero() || !e.Ticket.Due.After(s.row.Now) {
			continue
		}
		late := e.Ticket.Late(e.At)
		if late == before[e.Ticket.ID] || len(changed) == mostWarned {
			continue
		}
		changed = append(changed, sluss.Forecast{Ticket: e.Ticket.ID, Filing: e.filing, Due: e.Ticket.Due, At: e.At, Late: late})
	}
	return changed, nil
}

// MarkWarned records which filings were told their forecasts.
func (l *Ledger) MarkWarned(ctx context.Context, told []sluss.Forecast) error {
	if len(told) == 0 {
		return nil
	}
	ids, seconds := make([]int64, len(told)), make([]int64, len(told))
	for i, f := range told {
		if ids[i] = f.Ticket; f.Late {
			seconds[i] = max(1, int64(f.At.Sub(f.Due).Seconds()))
		}
	}
	return l.write(ctx, "record which filings have a warning", keepWarned, int64s(ids), int64s(seconds))
}

// mostWarned is how many warnings are returned at once; the next call returns more.
const mostWarned = 1000

// Usage is how much of a quota one tenant and process used for one purpose.
type Usage struct {
	Registry string `json:"registry"`
	Tenant   string `json:"tenant"`
	Purpose  string `json:"purpose"`
	Actor    string `json:"actor"` // the process that called
	Calls    int    `json:"calls"`
	Attempts int    `json:"attempts"`
}

const listUsage = `
select registry, case when filing like 'filing/%' then split_part(filing, '/', 2) else split_part(filing, '/', 1) end as tenant,
    purpose, actor, sum(calls) as calls, count(*) as attempts
from attempts
where reserved_at >= $1 and ($2 = '' or registry = $2)
group by 1, 2, 3, 4
order by 1, 5 desc, 2, 3, 4`

// Usage returns the calls since a moment, by tenant, purpose and process, of one
// registry or of all.
func (l *Ledger) Usage(ctx context.Context, registry string, since time.Time) ([]Usage, error) {
	return many[Usage](ctx, l, "read who used the quotas", listUsage, since, registry)
}
