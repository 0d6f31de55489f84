package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) receiptVerb() *cli.Command {
	return &cli.Command{
		Name: "receipt", Usage: "tell the receipt of a report that the party itself has filed", ArgsUsage: "BATCH OBLIGATION ID", Category: "Act",
		Description: examples("In Sweden the avfalls-id that the party got: reports that are not filed yet name it as their predecessor. In France the number of the BSDD that others have created: its steps are then followed. Another ID replaces the first, with --reason.",
			"starter receipt VO-1 se.removal 072f294c-9e70-4cf6-b6a3-139922067ddc --by 'Karin Holm'",
			"starter receipt SOLV-1 fr.creation BSD-20261123-ABCDEFGHJ --by 'Karin Holm'",
			"starter receipt VO-1 se.removal 1b5c294c-9e70-4cf6-b6a3-139922067ddc --reason 'the first was of another batch' --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "reason", Usage: "`REASON` why it replaces another"},
			atFlag("at which it was told; now if left out"),
			byFlag("by", "`NAME` of the person who tells it"),
		},
		Action: s.receipt,
	}
}

// duty reads the batch and the obligation from the first two of the arguments.
func duty(c *cli.Context, last string) (id sluss.FilingID, rest string, err error) {
	given, err := arguments(c, "BATCH", "OBLIGATION", last)
	if err != nil {
		return "", "", err
	}
	id, err = filingID(given[0] + "/" + given[1])
	return id, given[2], err
}

func (s *starter) receipt(c *cli.Context) error {
	id, receipt, err := duty(c, "ID")
	if err != nil {
		return err
	}
	told := api.Told{Receipt: receipt, Reason: c.String("reason")}
	if told.At, err = s.actTime(c); err != nil {
		return err
	}
	if told.By, err = person(c, "by"); err != nil {
		return err
	}
	tenant, reference, obligation := parts(id)
	state, err := api.Value(s.service.TellReceiptWithResponse(c.Context, tenant, reference, obligation, told))
	if err != nil {
		return err
	}
	return s.answer(c, state, func(w io.Writer) { fmt.Fprintf(w, "%s has the receipt %s\n", short(id), state.Receipt.ID) })
}

func (s *starter) dutyVerb() *cli.Command {
	return &cli.Command{
		Name: "duty", Usage: "make one duty of a batch ours or theirs, whatever companies and mandates say", ArgsUsage: "BATCH OBLIGATION ours|theirs", Category: "Act",
		Description: examples("What was theirs is then filed. An open filing of what is theirs now is withdrawn. Refused once it is reported, or is being sent.",
			"starter duty VO-1 se.transport#1 ours --reason 'mandate 12, entered today' --by 'Karin Holm'",
			"starter duty VO-1 se.removal theirs --reason 'the producer reports this one itself' --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "reason", Usage: "`REASON`: whose word is it?"},
			atFlag("of the act; now if left out"),
			byFlag("by", "`NAME` of the person who decides"),
		},
		Action: s.duty,
	}
}

func (s *starter) duty(c *cli.Context) error {
	id, whose, err := duty(c, "ours|theirs")
	if err != nil {
		return err
	}
	a := api.Assignment{Whose: sluss.Whose(strings.ToLower(whose)), Reason: c.String("reason")}
	if a.Whose != sluss.Ours && a.Whose != sluss.Theirs {
		return usagef("%q: say ours or theirs", whose)
	}
	if a.Reason == "" {
		return usagef("whose word is it? give --reason REASON")
	}
	if a.At, err = s.actTime(c); err != nil {
		return err
	}
	if a.By, err = person(c, "by"); err != nil {
		return err
	}
	tenant, reference, obligation := parts(id)
	reply, err := api.Value(s.service.AssignDutyWithResponse(c.Context, tenant, reference, obligation, a))
	if err != nil {
		return err
	}
	return s.answer(c, reply, func(w io.Writer) { fmt.Fprintf(w, "%s is %s\n", short(id), a.Whose) })
}

// writeTheirs shows an obligation that the party itself discharges.
func (s *starter) writeTheirs(w io.Writer, d sluss.Declaration, t api.Theirs) {
	o := t.Obligation
	name := string(o.Role)
	if party, _ := d.Obliged(o); party.Name != "" {
		name = party.Name
	}
	fmt.Fprintf(w, "  %s  %s, theirs: %s reports it itself\n", o.ID, o.Registry, name)
	inner := indented{w}
	switch {
	case t.Receipt != nil:
		known := receipt(t.Receipt.Receipt)
		if by := t.Receipt.By.Name; by != "" {
			known += ", by " + by
		}
		field(inner, "receipt", known)
		field(inner, "due", s.clock(o.Due))
	case o.Due.IsZero():
	default:
		field(inner, "due", s.due(o.Due)+", as far as we know")
	}
	field(inner, "rule", law(o.Rule))
}
