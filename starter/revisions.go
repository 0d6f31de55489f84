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

func (s *starter) revisionsVerb() *cli.Command {
	return &cli.Command{
		Name: "revisions", Usage: "list the revisions of French BSDDs that wait for an answer", ArgsUsage: noArguments, Category: "Look",
		Description: examples("Those that others ask of us, and those that we ask of others. Takes one call of the quota for every fifty revisions of each of our companies, at least one for each.",
			"starter revisions",
			"starter revisions --json"),
		Action: s.revisions,
	}
}

func (s *starter) revisions(c *cli.Context) error {
	if c.Args().Present() {
		return usagef("unexpected argument %q: starter revisions", c.Args().First())
	}
	reply, err := api.Value(s.service.ListRevisionsWithResponse(c.Context))
	if err != nil {
		return err
	}
	return s.answer(c, reply, func(w io.Writer) { s.writeRevisions(w, reply) })
}

func (s *starter) writeRevisions(w io.Writer, all []sluss.Revision) {
	if len(all) == 0 {
		fmt.Fprintln(w, "No revision waits for an answer.")
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
		Description: examples("A revision takes effect once all other parties have accepted it; one refusal ends it. starter revisions lists them.",
			"starter revision accept cm3x… --by 'Karin Holm'",
			"starter revision refuse cm3x… --comment 'our weighbridge says 3150 kg' --by 'Karin Holm'",
			"starter revision withdraw cm3x… --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "company", Usage: "`SIRET` of our company that answers, if several must"},
			&cli.StringFlag{Name: "comment", Usage: "`TEXT` for the other parties; a refusal requires it"},
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
	said := api.Answering{Reply: api.RevisionReply(names[0]), Company: c.String("company"), Comment: c.String("comment")}
	if words := []api.RevisionReply{api.Accept, api.Refuse, api.Withdraw}; !slices.Contains(words, said.Reply) {
		return usagef("%q is no answer to a revision: %s", names[0], oneOf(words))
	}
	if said.Reply == api.Refuse && said.Comment == "" {
		return usagef("why? give --comment TEXT: the other party reads it")
	}
	if said.By, err = person(c, "by"); err != nil {
		return err
	}
	done, err := api.Value(s.service.AnswerRevisionWithResponse(c.Context, names[1], said))
	if err != nil {
		return err
	}
	return s.answer(c, done, func(w io.Writer) {
		now := ""
		if o := done.Outcome; o.Receipt != nil && o.Receipt.Status != "" {
			now = ": it is now " + strings.ToLower(o.Receipt.Status)
		}
		past := map[api.RevisionReply]string{api.Accept: "accepted", api.Refuse: "refused", api.Withdraw: "withdrawn"}[done.Reply]
		fmt.Fprintf(w, "%s of %s is %s by %s%s\n", done.ID, done.Document, past, done.Company, now)
	})
}
