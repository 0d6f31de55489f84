package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) resultsVerb() *cli.Command {
	return &cli.Command{
		Name: "results", Usage: "show and complete the quarterly results of treatment", ArgsUsage: "[FILING path=value…]", Category: "Act",
		Description: examples("A treater in Sweden reports each quarter what it treated, for each site and waste code. The results are compiled a week after the quarter, or at once with --compile.\n"+
			"Add what the waste became, from the treater's own accounts, as non_hazardous, product (kg) and oil.…, and how it was treated as methods.N.operation and methods.N.sub. An empty value clears a field. Then sign.",
			"starter results --quarter 2026Q4",
			"starter results --quarter 2026Q4 --compile",
			"starter results VO-1/se.treatment#2026-Q4 product=1180 non_hazardous=20 --reason 'our books' --by 'Cecilia Berg'",
			"starter results VO-1/se.treatment#2026-Q4 oil.kind=01 oil.regenerated=1180 methods.0.sub=A --reason 'our books' --by 'Cecilia Berg'",
			"starter sign VO-1 --role officer --filing se.treatment#2026-Q4 --name 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "quarter", Usage: "only those of `QUARTER`, such as 2026Q4"},
			&cli.StringFlag{Name: "tenant", Usage: "only those of `TENANT`"},
			&cli.BoolFlag{Name: "compile", Usage: "compile those of --quarter at once; again: also what was reported since"},
			&cli.StringFlag{Name: "reason", Usage: "`REASON` for what you set"},
			atFlag("at which you set it; now if left out"),
			byFlag("by", "`NAME` of who sets it"),
		},
		Action: s.results,
	}
}

func (s *starter) results(c *cli.Context) error {
	if c.Args().Present() {
		return s.correctResult(c)
	}
	quarter := c.String("quarter")
	if quarter != "" {
		if _, err := sluss.ParseQuarter(quarter); err != nil {
			return usagef("--%w", err)
		}
	}
	var list []api.QuarterResult
	var err error
	switch {
	case !c.Bool("compile"):
		list, err = api.Value(s.service.ListResultsWithResponse(c.Context, &api.ListResultsParams{Tenant: opt(c.String("tenant")), Quarter: opt(quarter)}))
	case quarter == "":
		return usagef("which quarter? give --quarter, such as --quarter 2026Q4")
	default:
		list, err = api.Value(s.service.CompileResultsWithResponse(c.Context, api.Compiling{Tenant: c.String("tenant"), Quarter: quarter}))
	}
	if err != nil {
		return err
	}
	return s.answer(c, list, func(w io.Writer) { s.writeResults(w, list) })
}

func (s *starter) correctResult(c *cli.Context) error {
	if c.NArg() < 2 {
		return usagef("nothing to set: starter results FILING path=value…")
	}
	id, err := filingID(c.Args().First())
	if err != nil {
		return err
	}
	correction, err := s.correction(c)
	if err != nil {
		return err
	}
	tenant, reference, obligation := parts(id)
	reply, err := api.Value(s.service.CorrectResultWithResponse(c.Context, tenant, reference, obligation, correction))
	if err != nil {
		return err
	}
	return s.answer(c, reply, func(w io.Writer) {
		fmt.Fprintf(w, "%s is corrected, and waits for a signature on the new content\n", short(id))
	})
}

func (s *starter) writeResults(w io.Writer, list []api.QuarterResult) {
	if len(list) == 0 {
		fmt.Fprintln(w, "There is no treatment to report.")
		return
	}
	for i, r := range list {
		if i > 0 {
			fmt.Fprintln(w)
		}
		s.writeResult(w, r)
	}
}

func (s *starter) writeResult(w io.Writer, r api.QuarterResult) {
	o := r.Content.Obligation
	fmt.Fprintf(w, "%s  %s  %s\n", r.Site.Quarter, short(r.Filing), resultStage(r))
	writeTold(w, *r.Content.Result)
	if r.CompiledAt.IsZero() {
		field(w, "compile", s.due(o.ReportBy))
	} else {
		field(w, "compiled", s.clock(r.CompiledAt))
	}
	if r.State != nil && !r.State.Open {
		field(w, "due", s.clock(o.Due))
	} else {
		field(w, "due", s.due(o.Due))
	}
	field(w, "rule", law(o.Rule))
	if r.Corrections > 0 {
		field(w, "corrected", fmt.Sprintf("%d %s", r.Corrections, plural(r.Corrections, "time", "times")))
	}
	for _, fault := range r.Lacks {
		field(w, "lacks", fault.String())
	}
	field(w, "hint", r.Hint)
	if r.Outdated != nil {
		writeOutdated(w, []api.Outdated{*r.Outdated})
	}
	switch f := r.State; {
	case r.CompiledAt.IsZero():
		field(w, "do", command("results", "--quarter", r.Site.Quarter.String(), "--compile"))
	case f == nil: // the filing is not opened yet
	case f.Receipt != nil:
		field(w, "receipt", f.Receipt.ID)
	default:
		writeReasons(w, *f)
		if f.Stage == sluss.StageSignature {
			field(w, "do", command("results", short(f.ID), "PATH=VALUE", "--reason", "REASON", "--by", "NAME"))
		}
		for _, line := range nextCommands(*f) {
			field(w, "do", line)
		}
	}
}

func resultStage(r api.QuarterResult) string {
	switch {
	case r.CompiledAt.IsZero():
		return "not compiled yet"
	case r.State == nil:
		return "compiled"
	}
	return string(r.State.Stage) + forWhom(r.State.Waiting)
}

// writeTold writes what a quarterly result reports.
func writeTold(w io.Writer, r sluss.Result) {
	field(w, "waste", fmt.Sprintf("%s, %s from %d %s", r.Code, r.Mass, len(r.Batches), plural(len(r.Batches), "batch", "batches")))
	where := slices.DeleteFunc([]string{r.Treater.Name, r.Site.Address, strings.TrimSpace(r.Site.Postcode + " " + r.Site.City)}, func(part string) bool { return part == "" })
	field(w, "site", strings.Join(where, ", "))
	methods := make([]string, len(r.Methods))
	for i, m := range r.Methods {
		methods[i] = m.Operation + m.Sub
	}
	field(w, "methods", strings.Join(methods, ", "))
	tell := func(name string, m *sluss.Mass) {
		if m != nil {
			field(w, "became", m.String()+" "+name)
		}
	}
	tell("that is no longer hazardous", r.NonHazardous)
	tell("of products, no longer waste", r.Product)
	if oil := r.Oil; oil != nil {
		field(w, "oil", strings.TrimSpace("kind "+oil.Kind+" "+oil.Other))
		tell("of oil regenerated", oil.Regenerated)
		tell("of oil recycled as material", oil.Recycled)
		tell("of oil for energy", oil.Energy)
		tell("of oil disposed of", oil.Disposed)
	}
	batches := make([]string, min(len(r.Batches), mostBatches))
	for i := range batches {
		batches[i] = short(r.Batches[i])
	}
	if more := len(r.Batches) - len(batches); more > 0 {
		batches = append(batches, fmt.Sprintf("and %d more (--json has all)", more))
	}
	field(w, "batches", strings.Join(batches, ", "))
}

// mostBatches is the number of batches of a result that are listed.
const mostBatches = 10

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
