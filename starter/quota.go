package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"sluss/api"
)

func (s *starter) quotaVerb() *cli.Command {
	return &cli.Command{
		Name: "quota", Usage: "show each registry's quota, what waits for it, and what will be late", ArgsUsage: "[REGISTRY]", Category: "Look",
		Description: examples("CLEARS is the time of the last reservation for the filings that wait now. LATE is the number of filings whose reservation comes after they are due.\n"+
			"--what-if adds that many calls to the forecast, due like those that wait, or at --due.\n"+
			"--pause, --resume and --lower change the quota for all workers; they need --reason and --by.",
			"starter quota",
			"starter quota trackdechets --what-if +2000",
			"starter quota autosys --what-if +60000 --due 2026-11-24T17:00",
			"starter quota --usage",
			"starter quota trackdechets --pause --reason 'outage announced until 14:00' --by 'Karin Holm'",
			"starter quota trackdechets --lower 500/1m --reason 'shared with the ERP' --by 'Karin Holm'",
			"starter quota trackdechets --lower none --reason 'the ERP has moved' --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "what-if", Usage: "forecast with `N` more calls"},
			&cli.StringFlag{Name: "due", Usage: "with --what-if: `TIME` at which they are due"},
			&cli.BoolFlag{Name: "usage", Usage: "show who has used the quota in the last 24 hours"},
			&cli.BoolFlag{Name: "pause", Usage: "stop all calls of the registry"},
			&cli.BoolFlag{Name: "resume", Usage: "end a pause"},
			&cli.StringSliceFlag{Name: "lower", Usage: "a `LIMIT` in addition to the registry's own, such as 500/1m; none removes it"},
			&cli.StringFlag{Name: "reason", Usage: "`REASON` for what you change"},
			byFlag("by", "`NAME` of the person who changes it"),
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
	if c.Bool("usage") {
		since := s.now().Add(-24 * time.Hour)
		reply, err := api.Value(s.service.ListUsageWithResponse(c.Context, &api.ListUsageParams{Registry: opt(registry), Since: &since}))
		if err != nil {
			return err
		}
		return s.answer(c, reply, func(w io.Writer) { writeUsage(w, reply) })
	}
	params := api.ListQuotasParams{Registry: opt(registry)}
	if text := c.String("what-if"); text != "" {
		more, err := strconv.Atoi(strings.TrimPrefix(text, "+"))
		if err != nil || more < 1 {
			return usagef("--what-if %q: give a number of calls, such as +2000", text)
		}
		params.WhatIf = &more
	}
	if text := c.String("due"); text != "" {
		due, err := s.moment(text, s.now())
		if err != nil {
			return usagef("--due: %w", err)
		}
		params.Due = &due
	}
	reply, err := api.Value(s.service.ListQuotasWithResponse(c.Context, &params))
	if err != nil {
		return err
	}
	return s.answerQuotas(c, reply, registry)
}

// answerQuotas shows all, or the one that is asked for.
func (s *starter) answerQuotas(c *cli.Context, quotas []api.Quota, registry string) error {
	if registry != "" {
		var names []string
		for _, q := range quotas {
			names = append(names, q.Registry)
		}
		if quotas = slices.DeleteFunc(quotas, func(q api.Quota) bool { return q.Registry != registry }); len(quotas) == 0 {
			return noSuch("quota as %s: there are %s", registry, strings.Join(names, ", "))
		}
	}
	return s.answer(c, quotas, func(w io.Writer) { s.writeQuotas(w, quotas) })
}

func (s *starter) changeQuota(c *cli.Context, registry string) error {
	if registry == "" {
		return usagef("which registry? starter quota REGISTRY …")
	}
	by, err := person(c, "by")
	if err != nil {
		return err
	}
	act := api.QuotaAct{Reason: c.String("reason"), By: by.Name}
	if act.Reason == "" {
		return usagef("why? give --reason REASON: others will read it")
	}
	var quotas []api.Quota
	switch {
	case c.Bool("pause"):
		quotas, err = api.Value(s.service.PauseQuotaWithResponse(c.Context, registry, act))
	case c.Bool("resume"):
		quotas, err = api.Value(s.service.ResumeQuotaWithResponse(c.Context, registry, act))
	default:
		if act.Limits = c.StringSlice("lower"); len(act.Limits) == 1 && act.Limits[0] == "none" {
			act.Limits = nil
		}
		quotas, err = api.Value(s.service.LowerQuotaWithResponse(c.Context, registry, act))
	}
	if err != nil {
		return err
	}
	return s.answerQuotas(c, quotas, registry)
}

// mostMisses is the number of late filings that are shown; --json has more.
const mostMisses = 20

func (s *starter) writeQuotas(w io.Writer, quotas []api.Quota) {
	if len(quotas) == 0 {
		fmt.Fprintln(w, "No registry is served yet: start a worker.")
		return
	}
	var lines, misses [][]string
	late := 0
	for _, q := range quotas {
		lines = append(lines, []string{
			q.Registry, limits(q), fmt.Sprint(q.Reserved), waiting(q), s.clears(q), fmt.Sprint(q.Late), s.held(q),
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
	table(w, []string{"REGISTRY", "USED OF LIMIT", "RESERVED", "WAITING", "CLEARS", "LATE", "STATE"}, lines)
	if len(misses) > 0 {
		fmt.Fprintf(w, "\n%d filings are late or will be; the latest:\n\n", late)
		table(w, []string{"FILING", "DUE", "RESERVATION", "LATE BY"}, misses[:min(len(misses), mostMisses)])
	}
}

func limits(q api.Quota) string {
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

func waiting(q api.Quota) string {
	if q.WhatIf > 0 {
		return fmt.Sprintf("%d + %d supposed", q.Waiting, q.WhatIf)
	}
	return fmt.Sprint(q.Waiting)
}

func (s *starter) clears(q api.Quota) string {
	if q.Clears.IsZero() {
		return "now"
	}
	text := s.clock(q.Clears)
	if q.Paused != "" {
		text += " if resumed now"
	}
	return text
}

func (s *starter) held(q api.Quota) string {
	switch {
	case q.Paused != "":
		return "paused: " + q.Paused
	case !q.NotBefore.IsZero():
		return fmt.Sprintf("held back until %s: %s", s.clock(q.NotBefore), q.Held)
	case q.Waiting > 0 && !q.HasDispatcher:
		return "no dispatcher gives out reservations: is a worker running?"
	}
	return "open"
}

func writeUsage(w io.Writer, usage []api.Usage) {
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
