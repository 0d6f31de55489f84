package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) amendVerb() *cli.Command {
	return &cli.Command{
		Name: "amend", Usage: "correct what the Swedish registry has accepted, or ask for a revision of a French BSDD", ArgsUsage: "FILING path=value…", Category: "Act",
		Description: examples("With --all it is BATCH instead of FILING, without values: each report of the batch that is outdated is corrected, or annulled if it is not owed any more; starter sign BATCH signs all of them. The correction is a filing of its own, which is sent once it is signed. It is possible even long after the batch has closed.\nA field of an event is events.ID.FIELD; one of a quarterly result begins with result. If a correction still waits for its signature, or was rejected, amend changes that one.\nFor a step of a BSDD it is a revision, which takes effect once the other parties have approved it. starter revisions lists those that others ask of us.",
			"starter amend VO-1/se.removal waste.mass=1180 --reason 'weighed again' --by 'Karin Holm'",
			"starter amend VO-1/se.reception events.received.mass=1180 --reason 'weighed again' --by 'Karin Holm'",
			"starter amend VO-1/se.transport#1 legs.0.to.municipality=0188 events.pickedUp#1.at=2026-11-23T08:15:00+01:00 --reason 'driver’s log' --by 'Karin Holm'",
			"starter amend VO-1/se.transport#1 --remove legs.1 legs.0.to.municipality=0188 --reason 'the second lorry never came' --by 'Karin Holm'",
			"starter amend --all VO-1 --reason 'weighed on arrival' --by 'Karin Holm'",
			"starter amend SOLV-1/fr.emission#1 waste.packagings.0.count=17 --reason 'counted again' --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "all", Usage: "bring all reports of a batch up to date"},
			&cli.StringSliceFlag{Name: "remove", Usage: "`PATH` of an item of a list, such as legs.1; may be given several times"},
			&cli.StringSliceFlag{Name: "add", Usage: "`PATH=JSON`: an item of a list at the path that it has afterwards; @FILE instead of JSON reads it from a file; may be given several times"},
			&cli.StringFlag{Name: "reason", Usage: "`REASON`: how is it known?"},
			byFlag("by", "`NAME` of the person who corrects"),
		},
		Action: s.amend,
	}
}

func (s *starter) annulVerb() *cli.Command {
	return &cli.Command{
		Name: "annul", Usage: "annul what the Swedish registry has accepted, or a French BSDD", ArgsUsage: "FILING", Category: "Act",
		Description: examples("It is permanent: declare a new batch with the right data. The annulment is a filing of its own, which is sent once it is signed. It is possible even long after the batch has closed.\nA BSDD is annulled as a whole, by its creation: if nobody has signed it, it is deleted; if the waste has not arrived, it is cancelled once the other parties approve. Its only reason is not-carried, which may be left out.",
			"starter annul VO-1/se.removal --because sent-twice --reason 'the collector has reported it' --by 'Karin Holm'",
			"starter annul VO-1/se.transport#1 --because wrong-waste --reason 'the drum held solvents' --by 'Karin Holm'",
			"starter annul VO-1/se.transport#1 --because sent-twice --receipt 0b5c… --reason 'twice in the agency’s extract' --by 'Karin Holm'",
			"starter annul SOLV-1/fr.creation --reason 'the lorry broke down' --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "because", Usage: "`WHY`, in Sweden " + oneOf(sluss.AnnulReasons()) + "; for a French filing " + string(sluss.NotCarried) + " only"},
			&cli.StringFlag{Name: "receipt", Usage: "with sent-twice: `ID` of the other note that reports the same; that one is annulled, and not the filing's own"},
			&cli.StringFlag{Name: "reason", Usage: "`REASON`: how is it known?"},
			byFlag("by", "`NAME` of the person who annuls"),
		},
		Action: s.annul,
	}
}

func (s *starter) amend(c *cli.Context) error {
	if c.Bool("all") {
		return s.amendAll(c)
	}
	if !c.Args().Present() || c.NArg() < 2 && !c.IsSet("remove") && !c.IsSet("add") {
		return usagef("nothing to correct: starter amend %s", c.Command.ArgsUsage)
	}
	asked := api.Amending{Remove: c.StringSlice("remove")}
	var err error
	if asked.Set, err = assignments(c.Args().Tail()); err != nil {
		return err
	}
	if asked.Add, err = s.items(c.StringSlice("add")); err != nil {
		return err
	}
	return s.askToAmend(c, asked)
}

func (s *starter) annul(c *cli.Context) error {
	if _, err := arguments(c, "FILING"); err != nil {
		return err
	}
	why := sluss.AnnulReason(c.String("because"))
	if why == "" && ofBSDD(c.Args().First()) {
		why = sluss.NotCarried
	}
	if why == "" {
		return usagef("why? give --because WHY: %s", oneOf(sluss.AnnulReasons()))
	}
	return s.askToAmend(c, api.Amending{Annul: why, Receipt: c.String("receipt")})
}

// ofBSDD reports whether a filing belongs to a French BSDD.
func ofBSDD(filing string) bool {
	id, err := filingID(filing)
	if err != nil {
		return false
	}
	_, obligation, err := id.Split()
	return err == nil && strings.HasPrefix(string(obligation), "fr.")
}

func (s *starter) askToAmend(c *cli.Context, asked api.Amending) error {
	id, err := filingID(c.Args().First())
	if err != nil {
		return err
	}
	if asked.Reason = c.String("reason"); asked.Reason == "" {
		return usagef("how is it known? give --reason REASON")
	}
	if asked.By, err = person(c, "by"); err != nil {
		return err
	}
	tenant, reference, name := parts(id)
	done, err := api.Decoded[api.Amended](s.service.AmendFilingWithResponse(c.Context, tenant, reference, name, asked))
	if err != nil {
		return err
	}
	return s.answer(c, done, func(w io.Writer) {
		what := "corrects"
		switch {
		case asked.Annul != "":
			what = "annuls"
		case ofBSDD(string(done.Filing)):
			what = "asks for a revision of"
		}
		fmt.Fprintf(w, "%s %s %s (%s)\n", short(done.Filing), what, short(done.Note), done.Receipt)
		field(w, "waits", "for the signature of the "+string(done.Waiting))
		batch, obligation, _ := done.Filing.Split() // made by the service
		field(w, "do", command("sign", short(batch), "--role", string(done.Waiting), "--filing", string(obligation), "--hash", done.Hash, "--name", "NAME"))
	})
}

// amends is what an amendment changes, and why.
func amends(a sluss.Amendment) string {
	text := "corrects " + a.Receipt
	if a.Annul != "" {
		text = "annuls " + a.Receipt + ", " + string(a.Annul)
		if a.Double {
			text += " as " + short(a.Filing)
		}
	}
	for _, word := range changeWords(a.Set, a.Remove, a.Add) {
		text += ", " + word
	}
	return fmt.Sprintf("%s (%s, %s)", text, a.Reason, a.By.Name)
}

// writeVersions lists the versions of a note that was amended.
func (s *starter) writeVersions(w io.Writer, filing sluss.FilingID, notes []api.FiledReport) {
	for _, n := range notes {
		if n.Filing != filing || len(n.Versions) < 2 {
			continue
		}
		for i, v := range n.Versions {
			stands := "superseded"
			switch {
			case v.Amendment != nil && v.Amendment.Annul != "":
				field(w, "annulled", fmt.Sprintf("%s: %s", s.clock(v.At), amends(*v.Amendment)))
				continue
			case n.Receipt != nil && n.Receipt.ID == v.Receipt.ID:
				stands = "counts"
			case n.Annulled != "" && i == len(n.Versions)-2:
				stands = "annulled"
			}
			line := fmt.Sprintf("%s %s, %s", v.Receipt.ID, stands, s.clock(v.At))
			if v.Amendment != nil {
				line += ": " + amends(*v.Amendment)
			}
			field(w, "version", line)
		}
	}
}
