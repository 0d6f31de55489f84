package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) decideVerb() *cli.Command {
	return &cli.Command{
		Name: "decide", Usage: "settle a filing that only a person can settle", ArgsUsage: "FILING taken|not-taken|again|override|withdrawn", Category: "Act",
		Description: examples("taken: the registry has it, under --receipt. not-taken: the registry does not have it; it is sent again.\nagain: the cause was corrected elsewhere; the same is sent again.\noverride: proceed although the check of the vehicles, or of the companies on a BSDD, was refused; signed on the refused content, in a role that may override. withdrawn: nothing is owed after all.\nA receipt that was given by mistake is replaced with --replace; later reports of the batch name the new one.",
			"starter decide VO-1/se.transport#1 taken --receipt 0b5c… --reason 'seen in the e-service' --by 'Karin Holm'",
			"starter decide VO-1/se.transport#1 not-taken --reason 'not in the e-service' --by 'Karin Holm'",
			"starter decide VO-1/se.transport#1 taken --receipt 0b5c… --replace --reason 'typed wrong' --by 'Karin Holm'",
			"starter decide NO-1/no.clearance#1 override --reason 'inspection done this morning' --by 'Karin Holm'",
			"starter decide SOLV-1/fr.preflight again --reason 'the carrier has entered its receipt' --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "receipt", Usage: "with taken: `ID` under which the registry has it"},
			&cli.BoolFlag{Name: "replace", Usage: "with taken: put --receipt in the place of the one that was given before"},
			&cli.StringFlag{Name: "reason", Usage: "`REASON`: how is it known?"},
			atFlag("of the decision; now if left out. Give it to take the same decision again"),
			&cli.StringFlag{Name: "role", Usage: "with override: the `ROLE` in which it is signed", Value: string(sluss.Officer)},
			byFlag("by", "`NAME` of the person who decides"),
		},
		Action: s.decide,
	}
}

func (s *starter) decide(c *cli.Context) error {
	id, rest, err := target(c, filingID, "FILING", "DECISION")
	if err != nil {
		return err
	}
	decision := sluss.Decision{
		Kind: sluss.DecisionKind(rest[0]), Receipt: c.String("receipt"), Reason: c.String("reason"),
	}
	switch {
	case !slices.Contains(sluss.DecisionKinds(), decision.Kind):
		return usagef("%q is no decision: %s", rest[0], oneOf(sluss.DecisionKinds()))
	case decision.Reason == "":
		return usagef("how is it known? give --reason REASON")
	case decision.Kind == sluss.DecidedTaken && decision.Receipt == "":
		return usagef("under which id does the registry have it? give --receipt ID")
	case decision.Kind != sluss.DecidedTaken && decision.Receipt != "":
		return usagef("--receipt cannot be given with %s: it belongs to taken", decision.Kind)
	case decision.Kind != sluss.DecidedTaken && c.Bool("replace"):
		return usagef("--replace cannot be given with %s: it belongs to taken", decision.Kind)
	}
	if decision.At, err = s.actTime(c); err != nil {
		return err
	}
	if decision.By, err = person(c, "by"); err != nil {
		return err
	}
	if decision.Kind == sluss.DecidedOverride {
		if decision.Role, err = role("--role", c.String("role")); err != nil {
			return err
		}
	}
	tenant, reference, obligation := parts(id)
	if decision.Kind == sluss.DecidedOverride { // the signature is on the content that the service shows now
		refused, err := api.Value(s.service.ShowFilingWithResponse(c.Context, tenant, reference, obligation))
		if err != nil {
			return err
		}
		decision.ContentHash = refused.Hash
	}
	if c.Bool("replace") { // what is replaced is the receipt that the service shows now
		shown, err := api.Value(s.service.ShowFilingWithResponse(c.Context, tenant, reference, obligation))
		if err != nil {
			return err
		}
		if shown.Receipt == nil {
			return refused("%s has no receipt that could be replaced", short(id))
		}
		if decision.Replaces = shown.Receipt.ID; decision.Replaces == decision.Receipt {
			return s.answer(c, shown, func(w io.Writer) { fmt.Fprintf(w, "%s has the receipt %s already\n", short(id), decision.Receipt) })
		}
	}
	state, err := api.Value(s.service.DecideFilingWithResponse(c.Context, tenant, reference, obligation, decision))
	if err != nil {
		return err
	}
	return s.answer(c, state, func(w io.Writer) { fmt.Fprintf(w, "%s is decided: %s\n", short(id), decision.Kind) })
}
