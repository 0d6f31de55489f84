package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"sluss/inbox"
	"sluss/ledger"
)

func (s *starter) quotaVerb() *cli.Command {
	return &cli.Command{
		Name: "quota", Usage: "show each registry's quota, who waits for it, and what will be late", ArgsUsage: "[REGISTRY]", Category: "Look",
		Description: examples("Will it make its deadline? CLEARS is when the last of those that wait now has had its turn; LATE counts the filings whose turn comes after they are due.\n"+
			"--what-if supposes so many calls more, due like those that wait, or at --due.\n"+
			"--pause, --resume and --lower change the quota for everybody; they need --reason and --by.",
			"starter quota",
			"starter quota trackdechets --what-if +2000",
			"starter quota autosys --what-if +60000 --due 2026-11-24T17:00",
			"starter quota --usage",
			"starter quota trackdechets --pause --reason 'outage announced until 14:00' --by 'Karin Holm'",
			"starter quota trackdechets --lower 500/1m --reason 'shared with the ERP' --by 'Karin Holm'",
			"starter quota trackdechets --lower none --reason 'the ERP has moved' --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "what-if", Usage: "suppose `N` calls more"},
			&cli.StringFlag{Name: "due", Usage: "of --what-if: `TIME` at which they are due"},
			&cli.BoolFlag{Name: "usage", Usage: "show who used the quota in the last 24 hours"},
			&cli.BoolFlag{Name: "pause", Usage: "let nobody call the registry"},
			&cli.BoolFlag{Name: "resume", Usage: "let them call again"},
			&cli.StringSliceFlag{Name: "lower", Usage: "a `LIMIT` beside the registry's own, such as 500/1m; none takes it back"},
			&cli.StringFlag{Name: "reason", Usage: "`REASON` for what you change"},
			byFlag("by", "`NAME` of who changes it"),
		},
		Action: s.quota,
	}
}

func (s *starter) quota(c *cli.Context) error {
	if c.NArg() > 1 {
		return usagef("one registry at a time: %s", strings.Join(c.Args().Slice(), ", "))
	}
	registry := c.Args().First()
	if c.Bool("pause") || c.Bool("resume") || c.IsSet("lower") {
		return s.changeQuota(c, registry)
	}
	l, err := book(c)
	if err != nil {
		return err
	}
	defer l.Close()
	if c.Bool("usage") {
		usage, err := l.Usage(c.Context, registry, s.now().Add(-24*time.Hour))
		if err != nil {
			return err
		}
		return s.answer(c, usage, func(w io.Writer) { writeUsage(w, usage) })
	}
	suppose := ledger.WhatIf{Registry: registry}
	if text := c.String("what-if"); text != "" {
		if suppose.More, err = strconv.Atoi(strings.TrimPrefix(text, "+")); err != nil || suppose.More < 1 {
			return usagef("--what-if %q: want a number of calls, such as +2000", text)
		}
	}
	if text := c.String("due"); text != "" {
		if suppose.Due, err = s.moment(text, s.now()); err != nil {
			return usagef("--due: %w", err)
		}
	}
	quotas, err := l.Quotas(c.Context, suppose)
	if err != nil {
		return err
	}
	if registry != "" {
		if quotas, err = only(quotas, registry); err != nil {
			return err
		}
	}
	return s.answer(c, quotas, func(w io.Writer) { s.writeQuotas(w, quotas) })
}

func only(quotas []ledger.Quota, registry string) ([]ledger.Quota, error) {
	var names []string
	for _, q := range quotas {
		if q.Registry == registry {
			return []ledger.Quota{q}, nil
		}
		names = append(names, q.Registry)
	}
	return nil, fmt.Errorf("%w quota as %s: there are %s", inbox.ErrNoSuch, registry, strings.Join(names, ", "))
}

func (s *starter) changeQuota(c *cli.Context, registry string) error {
	if registry == "" {
		return usagef("which registry? starter quota REGISTRY …")
	}
	by, err := person(c, "by")
	if err != nil {
		return err
	}
	act := inbox.QuotaAct{Reason: c.String("reason"), By: by.Name}
	if act.Reason == "" {
		return usagef("why? give --reason REASON: others will read it")
	}
	quotas, err := acting(c, func(ctx context.Context, d *inbox.Desk) ([]ledger.Quota, error) {
		var err error
		switch {
		case c.Bool("pause"):
			err = d.Pause(ctx, registry, act)
		case c.Bool("resume"):
			err = d.Resume(ctx, registry, act)
		default:
			if act.Limits = c.StringSlice("lower"); len(act.Limits) == 1 && act.Limits[0] == "none" {
				act.Limits = nil
			}
			err = d.Lower(ctx, registry, act)
		}
		if err != nil {
			return nil, err
		}
		all, err := d.Ledger.Quotas(ctx, ledger.WhatIf{})
		if err != nil {
			return nil, err
		}
		return only(all, registry)
	})
	if err != nil {
		return err
	}
	return s.answer(c, quotas, func(w io.Writer) { s.writeQuotas(w, quotas) })
}

// mostMisses is how many filings that will be late are shown; --json has more.
const mostMisses = 20

func (s *starter) writeQuotas(w io.Writer, quotas []ledger.Quota) {
	if len(quotas) == 0 {
		fmt.Fprintln(w, "No registry is served yet: start a worker.")
		return
	}
	var lines, misses [][]string
	late := 0
	for _, q := range quotas {
		lines = append(lines, []string{
			q.Registry, limits(q), fmt.Sprint(q.Promised), waiting(q), s.clears(q), fmt.Sprint(q.Late), s.held(q),
		})
		late += q.Late
		for _, m := range q.Misses {
			filing := short(m.Filing)
			if m.Filing == "" {
				filing = "(supposed)"
			}
			misses = append(misses, []string{filing, s.clock(m.Due), s.clock(m.At), span(m.By)})
		}
	}
	table(w, []string{"REGISTRY", "USED OF LIMIT", "PROMISED", "WAITING", "CLEARS", "LATE", "STATE"}, lines)
	if len(misses) > 0 {
		fmt.Fprintf(w, "\n%d will miss their due time, or have; by most:\n\n", late)
		table(w, []string{"FILING", "DUE", "ITS TURN", "LATE BY"}, misses[:min(len(misses), mostMisses)])
	}
}

func limits(q ledger.Quota) string {
	var used []string
	for _, l := range q.Limits {
		text := fmt.Sprintf("%d of %s", l.Used, l.Limit)
		if l.Lowered {
			text += " (lowered)"
		}
		used = append(used, text)
	}
	if len(used) == 0 {
		return "no limit"
	}
	if q.Reserve > 0 {
		used = append(used, fmt.Sprintf("%d kept for urgent calls", q.Reserve))
	}
	return strings.Join(used, ", ")
}

func waiting(q ledger.Quota) string {
	if q.WhatIf > 0 {
		return fmt.Sprintf("%d + %d supposed", q.Waiting, q.WhatIf)
	}
	return fmt.Sprint(q.Waiting)
}

func (s *starter) clears(q ledger.Quota) string {
	if q.Clears.IsZero() {
		return "now"
	}
	text := s.clock(q.Clears)
	if q.Paused != "" {
		text += " if resumed now"
	}
	return text
}

func (s *starter) held(q ledger.Quota) string {
	switch {
	case q.Paused != "":
		return "paused: " + q.Paused
	case !q.NotBefore.IsZero():
		return fmt.Sprintf("held back until %s: %s", s.clock(q.NotBefore), q.Held)
	case q.Waiting > 0 && !q.Governed:
		return "nobody hands out turns: is a worker running?"
	}
	return "open"
}

func writeUsage(w io.Writer, usage []ledger.Usage) {
	if len(usage) == 0 {
		fmt.Fprintln(w, "Nobody called in the last 24 hours.")
		return
	}
	var lines [][]string
	for _, u := range usage {
		lines = append(lines, []string{u.Registry, u.Tenant, u.Purpose, u.Actor, fmt.Sprint(u.Calls), fmt.Sprint(u.Attempts)})
	}
	table(w, []string{"REGISTRY", "TENANT", "TO", "WORKER", "CALLS", "ATTEMPTS"}, lines)
}
