package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/inbox"
)

func (s *starter) revisionsVerb() *cli.Command {
	return &cli.Command{
		Name: "revisions", Usage: "list the revisions of French BSDDs that wait for somebody's word", ArgsUsage: noArguments, Category: "Look",
		Description: examples("Those that others ask of us, and those that we ask of others. Takes one call of the quota for each fifty of each of our companies, one at least.",
			"starter revisions",
			"starter revisions --json"),
		Action: s.revisions,
	}
}

func (s *starter) revisions(c *cli.Context) error {
	if c.Args().Present() {
		return usagef("%q is too much: starter revisions", c.Args().First())
	}
	all, err := acting(c, func(ctx context.Context, d *inbox.Desk) ([]sluss.Revision, error) { return d.Revisions(ctx) })
	if err != nil {
		return err
	}
	return s.answer(c, all, func(w io.Writer) { s.writeRevisions(w, all) })
}

func (s *starter) writeRevisions(w io.Writer, all []sluss.Revision) {
	if len(all) == 0 {
		fmt.Fprintln(w, "No revision waits for anybody.")
	}
	for _, r := range all {
		fmt.Fprintf(w, "%s  %s\n", r.ID, r.Document)
		if r.Batch != "" {
			field(w, "batch", short(r.Batch))
		}
		asks := r.Name + " (" + r.Author + ")"
		if r.Ours {
			asks += ", which is ours"
		}
		field(w, "asked by", asks+", "+s.clock(r.At))
		for _, change := range r.Asks {
			field(w, "asks", change.Field+": "+change.Value)
		}
		field(w, "because", r.Comment)
		for _, a := range r.Approval {
			field(w, strings.ToLower(a.Status), strings.TrimSpace(a.Company+" "+a.Comment))
		}
		if r.Ours {
			field(w, "do", command("revision", "withdraw", r.ID, "--by", "NAME"))
			continue
		}
		field(w, "do", command("revision", "accept", r.ID, "--company", r.Company, "--by", "NAME"))
		field(w, "do", command("revision", "refuse", r.ID, "--company", r.Company, "--comment", "WHY", "--by", "NAME"))
	}
}

func (s *starter) revisionVerb() *cli.Command {
	return &cli.Command{
		Name: "revision", Usage: "accept or refuse a revision of a French BSDD, or withdraw ours", ArgsUsage: "accept|refuse|withdraw ID", Category: "Act",
		Description: examples("It counts once all other parties have accepted; one refusal ends it. starter revisions lists them.",
			"starter revision accept cm3x… --by 'Karin Holm'",
			"starter revision refuse cm3x… --comment 'our weighbridge says 3150 kg' --by 'Karin Holm'",
			"starter revision withdraw cm3x… --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "company", Usage: "`SIRET` of ours that answers, where several are to"},
			&cli.StringFlag{Name: "comment", Usage: "`WORDS` that the other parties read; a refusal wants them"},
			byFlag("by", "`NAME` of who answers"),
		},
		Action: s.revision,
	}
}

func (s *starter) revision(c *cli.Context) error {
	names, err := arguments(c, "accept|refuse|withdraw", "ID")
	if err != nil {
		return err
	}
	said := inbox.Answering{Word: inbox.Word(names[0]), Company: c.String("company"), Comment: c.String("comment")}
	if !slices.Contains(inbox.Words(), said.Word) {
		return usagef("%q is no word on a revision: %s", names[0], oneOf(inbox.Words()))
	}
	if said.Word == inbox.Refuse && said.Comment == "" {
		return usagef("why? give --comment WORDS: the other party reads them")
	}
	if said.By, err = person(c, "by"); err != nil {
		return err
	}
	done, err := acting(c, func(ctx context.Context, d *inbox.Desk) (inbox.Answered, error) {
		return d.AnswerRevision(ctx, names[1], said)
	})
	if err != nil {
		return err
	}
	return s.answer(c, done, func(w io.Writer) {
		now := ""
		if o := done.Outcome; o.Receipt != nil && o.Receipt.Status != "" {
			now = ": it is now " + strings.ToLower(o.Receipt.Status)
		}
		past := map[inbox.Word]string{inbox.Accept: "accepted", inbox.Refuse: "refused", inbox.Withdraw: "withdrawn"}[done.Word]
		fmt.Fprintf(w, "%s of %s is %s by %s%s\n", done.ID, done.Document, past, done.Company, now)
	})
}

func (s *starter) registerVerb() *cli.Command {
	return &cli.Command{
		Name: "register", Usage: "fetch a company's register of waste from Trackdéchets", ArgsUsage: noArguments, Category: "Look",
		Description: examples("It is ordered, waited for, written to a file, and kept in the ledger. The registry makes the same one once in five minutes.",
			"starter register --company 00000000283390 --kind incoming --from 2026-01-01 --to 2026-06-30 -o incoming.csv",
			"starter register --company 00000000283390 --kind ssd --from 2026-01-01 --format xlsx -o ssd.xlsx"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "registry", Usage: "`NAME` of the registry", Value: sluss.Trackdechets},
			&cli.StringFlag{Name: "company", Usage: "`SIRET` of one of our companies"},
			&cli.StringFlag{Name: "kind", Usage: "`KIND` of register: " + oneOf(sluss.RegisterKinds())},
			&cli.StringFlag{Name: "from", Usage: "first `DATE`"},
			&cli.StringFlag{Name: "to", Usage: "last `DATE`; until now if left out"},
			&cli.StringFlag{Name: "format", Usage: "`FORMAT`: csv or xlsx", Value: "csv"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write it to `FILE`; - is standard output"},
		},
		Action: s.register,
	}
}

func (s *starter) register(c *cli.Context) error {
	if c.Args().Present() {
		return usagef("%q is too much: starter register --kind KIND --company SIRET --from DATE -o FILE", c.Args().First())
	}
	o := sluss.RegisterOrder{
		Registry: c.String("registry"), Company: c.String("company"), Kind: sluss.RegisterKind(c.String("kind")), Format: c.String("format"),
	}
	name := c.String("output")
	switch {
	case !slices.Contains(sluss.RegisterKinds(), o.Kind):
		return usagef("--kind %q: %s", o.Kind, oneOf(sluss.RegisterKinds()))
	case o.Company == "":
		return usagef("whose? give --company SIRET")
	case c.String("from") == "":
		return usagef("since when? give --from DATE")
	case name == "":
		return usagef("where to? give -o FILE, or -o - for standard output")
	}
	var err error
	if o.From, err = s.midnight("--from", c.String("from")); err != nil {
		return err
	}
	if c.String("to") != "" {
		last, err := s.midnight("--to", c.String("to"))
		if err != nil {
			return err
		}
		o.Until = last.AddDate(0, 0, 1)
	}
	d, shut, err := desk(c, quiet)
	if err != nil {
		return err
	}
	defer shut()
	file, err := d.Register(c.Context, o)
	if err != nil {
		return err
	}
	if name == "-" {
		_, err := s.out.Write(file.Content)
		return err
	}
	if err := os.WriteFile(name, file.Content, 0o600); err != nil {
		return usagef("-o: %w", err)
	}
	return s.answer(c, file, func(w io.Writer) {
		fmt.Fprintf(w, "%s: the %s waste of %s, %d bytes, fetched %s\n", name, o.Kind, o.Company, file.Size, s.clock(file.At.Truncate(time.Second)))
	})
}

// midnight is the beginning of a day.
func (s *starter) midnight(option, text string) (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, text, s.zone)
	if err != nil {
		return day, usagef("%s %q is no date: give one such as 2026-11-23", option, text)
	}
	return day, nil
}
