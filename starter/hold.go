package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) holdVerb() *cli.Command {
	return &cli.Command{
		Name: "hold", Usage: "keep a filing from being sent while somebody enters it by hand", ArgsUsage: "FILING", Category: "Act",
		Description: examples("Nothing of it is sent until the hold ends, which is at most three days ahead and not after the filing is due. Then it goes on\n"+
			"by itself. Once it is entered, decide taken with its receipt. Another hold replaces this one.",
			"starter hold VO-1/se.transport#1 --until 2026-11-24T12:00 --reason 'entering it in the e-service' --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "until", Usage: "`TIME` at which the hold ends"},
			&cli.StringFlag{Name: "reason", Usage: "`REASON`: who enters it, and where"},
			atFlag("of the decision to hold it; now if left out"),
			byFlag("by", "`NAME` of the person who holds it"),
		},
		Action: s.hold,
	}
}

func (s *starter) hold(c *cli.Context) error {
	id, _, err := target(c, filingID, "FILING")
	if err != nil {
		return err
	}
	h := sluss.Hold{Reason: c.String("reason")}
	switch {
	case c.String("until") == "":
		return usagef("until when? give --until TIME")
	case h.Reason == "":
		return usagef("why? give --reason REASON")
	}
	if h.Until, err = s.moment(c.String("until"), s.now()); err != nil {
		return err
	}
	if h.At, err = s.actTime(c); err != nil {
		return err
	}
	if h.By, err = person(c, "by"); err != nil {
		return err
	}
	tenant, reference, obligation := parts(id)
	state, err := api.Value(s.service.HoldFilingWithResponse(c.Context, tenant, reference, obligation, h))
	if err != nil {
		return err
	}
	return s.answer(c, state, func(w io.Writer) {
		fmt.Fprintf(w, "%s is held until %s: nothing of it is sent before\n", short(id), s.clock(h.Until))
		field(w, "due", s.due(state.Obligation.Due))
	})
}

func (s *starter) releaseVerb() *cli.Command {
	return &cli.Command{
		Name: "release", Usage: "let a filing that is held go on", ArgsUsage: "FILING", Category: "Act",
		Description: examples("", "starter release VO-1/se.transport#1 --reason 'not entered after all' --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "reason", Usage: "`REASON`"},
			atFlag("of the decision to release it; now if left out"),
			byFlag("by", "`NAME` of the person who releases it"),
		},
		Action: s.release,
	}
}

func (s *starter) release(c *cli.Context) error {
	id, _, err := target(c, filingID, "FILING")
	if err != nil {
		return err
	}
	r := sluss.Release{Reason: c.String("reason")}
	if r.At, err = s.actTime(c); err != nil {
		return err
	}
	if r.By, err = person(c, "by"); err != nil {
		return err
	}
	tenant, reference, obligation := parts(id)
	state, err := api.Value(s.service.ReleaseFilingWithResponse(c.Context, tenant, reference, obligation, r))
	if err != nil {
		return err
	}
	return s.answer(c, state, func(w io.Writer) { fmt.Fprintf(w, "%s is released\n", short(id)) })
}
