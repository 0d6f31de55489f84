package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) signVerb() *cli.Command {
	return &cli.Command{
		Name: "sign", Usage: "sign what waits for a role", ArgsUsage: "BATCH", Category: "Act",
		Description: examples("Shows the content, then signs exactly that: if it changes in between, the signature is refused.\nWithout --filing everything that waits for the role is signed, but not what asks whether refused waste is reported.\nWith --code-file a company signs the emission or the take-over of a BSDD at Trackdéchets at once, on the device of another company. The code is sent once and stored nowhere. The third wrong code within half an hour locks the company's signing.",
			"starter sign VO-1 --role officer --name 'Karin Holm' --dry-run",
			"starter sign VO-1 --role officer --name 'Karin Holm' --function 'compliance officer'",
			"starter sign SOLV-1 --role producer --name 'Jeanne Morel' --filing fr.emission#1 --hash sha256:…",
			"starter sign SOLV-1 --filing fr.emission#1 --name 'Jeanne Morel' --code-file -   # the code from standard input"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "role", Usage: "sign as `ROLE`"},
			byFlag("name", "`NAME` of the person who signs"),
			&cli.StringFlag{Name: "function", Usage: "`FUNCTION` of the person who signs"},
			&cli.StringFlag{Name: "organisation", Usage: "`ORGANISATION` of the person who signs"},
			&cli.StringFlag{Name: "at", Usage: "`TIME` of the signature; now if left out"},
			&cli.StringFlag{Name: "filing", Usage: "sign only the filing of `OBLIGATION`"},
			&cli.StringFlag{Name: "hash", Usage: "`HASH` of the content that you have read; needs --filing"},
			&cli.StringFlag{Name: "code-file", Usage: "sign a BSDD by the security code in `FILE`; - is standard input"},
			&cli.BoolFlag{Name: "dry-run", Usage: "show what would be signed, and stop"},
		},
		Action: s.sign,
	}
}

// signing is a filing that was signed, or would be with --dry-run.
type signing struct {
	Filing  sluss.FilingID   `json:"filing"`
	Hash    string           `json:"hash"`
	Content sluss.Content    `json:"content"`         // what the signature is on
	State   *api.FilingState `json:"state,omitempty"` // its state afterwards; none with --dry-run
}

func (s *starter) sign(c *cli.Context) error {
	id, _, err := target(c, batchID, "BATCH")
	if err != nil {
		return err
	}
	signature, err := s.readSignature(c)
	if err != nil {
		return err
	}
	if c.IsSet("code-file") {
		return s.signByCode(c, id, signature)
	}
	waiting, err := s.toSign(c.Context, id, signature.Role, sluss.ObligationID(c.String("filing")), c.String("hash"))
	if err != nil {
		return err
	}
	if !c.Bool("json") {
		s.writeToSign(plain{s.out}, waiting)
	}
	if c.Bool("dry-run") {
		return s.answer(c, waiting, func(io.Writer) {})
	}
	var failed error
	for i := range waiting {
		signature.ContentHash = waiting[i].Hash
		tenant, reference, obligation := parts(waiting[i].Filing)
		reply, err := api.Value(s.service.SignFilingWithResponse(c.Context, tenant, reference, obligation, signature))
		if err != nil {
			failed = fmt.Errorf("%s: %w", short(waiting[i].Filing), err)
			if i == 0 {
				return failed
			}
			break
		}
		waiting[i].State = &reply
		if !c.Bool("json") {
			fmt.Fprintf(plain{s.out}, "signed %s as %s\n", short(waiting[i].Filing), signature.Role)
		}
	}
	if err := s.answer(c, waiting, func(io.Writer) {}); err != nil {
		return err
	}
	return failed
}

func (s *starter) readSignature(c *cli.Context) (sluss.Signature, error) {
	var signature sluss.Signature
	var err error
	if c.String("hash") != "" && c.String("filing") == "" {
		return signature, usagef("--hash belongs to one filing: give --filing OBLIGATION")
	}
	if o := c.String("filing"); o != "" {
		if _, err := sluss.ParseObligationID(o); err != nil {
			return signature, usagef("--filing %q is no obligation: give its id, such as se.transport#1", o)
		}
	}
	if signature.Role, err = role("--role", c.String("role")); err != nil {
		return signature, err
	}
	if signature.Role == "" && !c.IsSet("code-file") {
		return signature, usagef("as what? give --role ROLE: %s", oneOf(sluss.Signers()))
	}
	if signature.Person, err = person(c, "name"); err != nil {
		return signature, err
	}
	at, err := s.past(c.String("at"))
	signature.At = at.Truncate(time.Second)
	return signature, err
}

// toSign are the contents of a batch that wait for the role's signature: all,
// or that of one obligation.
func (s *starter) toSign(ctx context.Context, id sluss.BatchID, role sluss.Role, obligation sluss.ObligationID, hash string) ([]signing, error) {
	tenant, reference, _ := id.Split()
	shown, err := api.Value(s.service.ShowBatchWithResponse(ctx, tenant, reference))
	if err != nil {
		return nil, err
	}
	var waiting []signing
	var others []string
	for _, f := range shown.Filings {
		switch {
		case obligation != "" && f.Obligation.ID != obligation:
		case f.Stage != sluss.StageSignature || f.Waiting != role:
			others = append(others, fmt.Sprintf("%s is %s%s", f.Obligation.ID, f.Stage, forWhom(f.Waiting)))
		case obligation == "" && f.Obligation.Rule.ID == sluss.RuleRefusal: // a question, which is not answered with others
			others = append(others, fmt.Sprintf("%s asks whether what was refused is reported as received: sign it with --filing %s, or decide it withdrawn", f.Obligation.ID, f.Obligation.ID))
		default:
			now, err := api.Value(s.service.ShowFilingWithResponse(ctx, tenant, reference, string(f.Obligation.ID)))
			if err != nil {
				return nil, err
			}
			if hash != "" && hash != now.Hash {
				return nil, refused("%s now has the content %s: read it again, then sign that", f.Obligation.ID, now.Hash)
			}
			waiting = append(waiting, signing{Filing: f.ID, Hash: now.Hash, Content: now.Content})
		}
	}
	if len(waiting) == 0 {
		if len(others) == 0 {
			others = []string{"there are no such filings"}
		}
		return nil, refused("nothing of %s waits for the signature of the %s now (%s)", short(id), role, strings.Join(others, "; "))
	}
	if several := signers(waiting); len(several) > 1 {
		return nil, refused("one person cannot sign for several companies at once: choose one with --filing (%s)", strings.Join(several, "; "))
	}
	return waiting, nil
}

// signers are the companies that must sign for themselves, each with its first
// filing.
func signers(waiting []signing) (several []string) {
	seen := map[string]bool{}
	for _, f := range waiting {
		o := f.Content.Obligation
		party, _ := f.Content.Declaration.Obliged(o)
		if o.Signer != o.Role || seen[party.Country+party.ID] {
			continue
		}
		seen[party.Country+party.ID] = true
		several = append(several, string(o.ID)+" of "+party.Name)
	}
	return several
}

func forWhom(role sluss.Role) string {
	if role == "" {
		return ""
	}
	return " and waits for the " + string(role)
}

func (s *starter) writeToSign(w io.Writer, waiting []signing) {
	for _, f := range waiting {
		o := f.Content.Obligation
		fmt.Fprintf(w, "%s  to %s\n", short(f.Filing), o.Registry)
		field(w, "rule", law(o.Rule))
		field(w, "due", s.due(o.Due))
		if r := f.Content.Result; r != nil {
			writeTold(w, *r)
		} else {
			s.writeBatchToSign(w, f.Content)
		}
		if a := f.Content.Amends; a != nil {
			field(w, "amends", amends(*a))
		}
		field(w, "hash", f.Hash)
	}
}

func (s *starter) writeBatchToSign(w io.Writer, c sluss.Content) {
	d := c.Declaration
	field(w, "waste", fmt.Sprintf("%s %s, %s", d.Waste.Code, d.Waste.Name, d.Waste.Mass))
	field(w, "way", routeText(d))
	for _, e := range c.Events {
		field(w, "event", eventLine(s, e))
	}
}

func eventLine(s *starter, e sluss.Event) string {
	text := string(e.ID()) + " at " + s.clock(e.At)
	if e.Mass != 0 {
		text += ", " + e.Mass.String()
	}
	if e.RefusedMass != 0 {
		text += ", " + e.RefusedMass.String() + " of it refused"
	}
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	if e.Operation != "" {
		text += ", " + e.Operation
	}
	return text
}
