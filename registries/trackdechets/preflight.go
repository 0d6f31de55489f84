package trackdechets

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss"
)

// Part is what a company does on a BSDD.
type Part string

// The parts that Trackdéchets wants a profile for, and the emitter, which needs
// none.
const (
	PartEmitter     Part = "emitter"
	PartTransporter Part = "transporter"
	PartDestination Part = "destination" // also a temporary storage, and the next destination in France
	PartTrader      Part = "trader"
	PartBroker      Part = "broker"
	PartOrganisme   Part = "éco-organisme"
)

// Participant is a company to look at before a BSDD names it.
type Participant struct {
	Company   sluss.Party
	Path      string // of the company in the declaration
	Part      Part
	Dangerous bool       // the waste is
	Mode      sluss.Mode // of a transporter
	Exempt    bool       // a transporter that needs no receipt
	On        time.Time  // when it acts: a receipt must last until then
}

// Participants are the companies of a declaration's BSDD, all its transporters
// among them, by its first leg (counted from 1; 0: the first within France).
func Participants(d sluss.Declaration, leg int) ([]Participant, error) {
	doc, err := newDocument(sluss.Submission{Content: sluss.Content{Declaration: d, Obligation: sluss.Obligation{Leg: leg}}})
	if err != nil {
		return nil, err
	}
	dangerous := strings.HasSuffix(d.Waste.Code, "*") || d.Waste.POP
	departure := doc.frenchLeg().Departure
	var all []Participant
	if !doc.person() && !doc.ship() { // whom the directory does not know
		all = append(all, Participant{Company: doc.emitter(), Path: doc.places().path(labelEmitter), Part: PartEmitter, Dangerous: dangerous, On: departure})
	}
	for i, p := range d.Pickups {
		all = append(all, Participant{Company: p.Producer, Path: fmt.Sprintf("pickups.%d.producer", i), Part: PartEmitter, Dangerous: dangerous, On: departure})
	}
	for _, a := range doc.associates() {
		all = append(all, Participant{Company: a.party, Path: a.path, Part: a.part, Dangerous: dangerous, On: departure})
	}
	for range max(1, len(doc.inTurns())) {
		l := doc.frenchLeg()
		all = append(all, Participant{
			Company: l.Transporter, Path: doc.places().leg + ".transporter", Part: PartTransporter, Dangerous: dangerous, Mode: l.Mode, On: l.Departure,
		})
		doc.leg++
	}
	doc.leg = doc.first
	recipient, _ := doc.recipient()
	all = append(all, Participant{Company: recipient, Path: doc.places().recipient(), Part: PartDestination, Dangerous: dangerous, On: departure})
	if stored := doc.storedAfter(); stored > 0 && stored < len(d.Legs) {
		doc.leg = stored + 1
		l := doc.frenchLeg()
		all = append(all,
			Participant{Company: l.Transporter, Path: doc.places().leg + ".transporter", Part: PartTransporter, Dangerous: dangerous, Mode: l.Mode, On: l.Departure},
			Participant{Company: d.Receiver, Path: theReceiver, Part: PartDestination, Dangerous: dangerous, On: l.Departure})
	}
	return all, nil
}

// Finding is what stands against a company's part.
type Finding struct {
	sluss.Fault
	Code   FindingCode
	Blocks bool // the register refuses the BSDD because of it
}

// FindingCode is a kind of finding.
type FindingCode string

// The kinds of findings.
const (
	NotRegistered  FindingCode = "not-registered"
	WrongProfile   FindingCode = "wrong-profile"
	Dormant        FindingCode = "dormant"
	Closed         FindingCode = "closed"
	NoReceipt      FindingCode = "no-receipt"
	ReceiptExpires FindingCode = "receipt-expires" // before the transport; the register does not look
	NotListed      FindingCode = "not-listed"      // among the éco-organismes of BSDDs
	BadNumber      FindingCode = "bad-number"
)

// PreflightCalls is how many calls of the quota Preflight takes: one for every
// five companies, since so many are asked for together.
func PreflightCalls(participants []Participant) int {
	companies, organisme := asked(participants)
	calls := (len(companies) + mostTogether - 1) / mostTogether
	if organisme {
		calls++
	}
	return calls
}

// asked are the companies to ask for, each once, and whether an éco-organisme is
// among them.
func asked(participants []Participant) (companies []string, organisme bool) {
	for _, p := range participants {
		if id := organisation(p.Company); id != "" && !slices.Contains(companies, id) {
			companies = append(companies, id)
		}
		organisme = organisme || p.Part == PartOrganisme
	}
	return companies, organisme
}

// Preflight asks the register's directory, with the token of one of our
// companies, what would block a BSDD: whether each participant is registered,
// has the profile of its part, has a receipt that lasts, and is neither dormant
// nor closed. It changes nothing. What it could not ask for is an error, as of
// BSDD, with the findings so far. The directory tells neither whether a company
// has been verified nor, to this client, receipts of traders and brokers.
func (c *Client) Preflight(ctx context.Context, company string, participants []Participant) ([]Finding, error) {
	found, _, err := c.lookAt(ctx, company, participants)
	return found, err
}

// lookAt is Preflight with the exchange, from its first call to its last.
func (c *Client) lookAt(ctx context.Context, company string, participants []Participant) (found []Finding, made sluss.Exchange, err error) {
	companies, organisme := asked(participants)
	known := map[string]*entry{}
	made = notMade("companyInfos")
	for ids := range slices.Chunk(companies, mostTogether) {
		exchange, err := c.directory(ctx, company, ids, known)
		made = joint(made, exchange)
		if err != nil {
			return examine(participants, known, nil), made, err
		}
	}
	var listed map[string]bool
	if organisme {
		listed = map[string]bool{}
		s, err := c.ask(ctx, company, "ecoOrganismes", func(ctx context.Context, s *session) error {
			told, err := ecoOrganismes(ctx, s)
			for _, e := range told.EcoOrganismes {
				listed[e.Siret] = true
			}
			return err
		})
		made = joint(made, s.exchange())
		if err != nil {
			return examine(participants, known, nil), made, err
		}
	}
	return examine(participants, known, listed), made, nil
}

// joint is the record of calls that answer one question: the last one, from when
// the first began.
func joint(before, last sluss.Exchange) sluss.Exchange {
	last.Started = before.Started
	return last
}

// entry is a company in the register's directory; nil: the directory answered
// that there is none, which is what it says of companies that are not even in
// the national one.
type entry = companyInfosCompanyInfosCompanyPublic

// directory looks companies up, at most mostTogether.
func (c *Client) directory(ctx context.Context, company string, ids []string, known map[string]*entry) (sluss.Exchange, error) {
	questions := make([]call, len(ids))
	for i, id := range ids {
		questions[i] = call{operation: "companyInfos", query: companyInfos_Operation, variables: &__companyInfosInput{Clue: id}}
	}
	answers, made, err := c.together(ctx, company, "companyInfos", questions)
	for i, s := range answers {
		if readAnswer(s.reply.Body).code() == badUserInput {
			known[ids[i]] = nil
			continue
		}
		var told struct {
			Data companyInfosResponse `json:"data"`
		}
		unread := json.Unmarshal(s.reply.Body, &told)
		found := told.Data.CompanyInfos
		if unread == nil && found.OrgId == "" {
			unread = errNoData
		}
		if err = s.told(unread); err != nil {
			return made, err
		}
		known[ids[i]] = &found
	}
	return made, err
}

// examine says what stands against participants, by what is known of each; what
// was not asked for is not judged.
func examine(participants []Participant, known map[string]*entry, listed map[string]bool) []Finding {
	var all []Finding
	for _, p := range participants {
		e, asked := known[organisation(p.Company)]
		if organisation(p.Company) == "" {
			all = append(all, p.finding(BadNumber, true, "the number is missing", "give the SIRET, abroad the VAT number"))
			continue
		}
		if asked {
			all = append(all, p.examine(e)...)
		}
		if p.Part == PartOrganisme && listed != nil && !listed[p.Company.ID] {
			all = append(all, p.finding(NotListed, true, "is not among the éco-organismes that handle BSDDs", "name another éco-organisme, or none"))
		}
	}
	return all
}

// profiles are what the parts must be registered as, any of them.
var profiles = map[Part][]string{
	PartTransporter: {"TRANSPORTER"},
	PartDestination: {"COLLECTOR", "WASTEPROCESSOR", "WASTE_CENTER", "DISPOSAL_FACILITY"},
	PartTrader:      {"TRADER"},
	PartBroker:      {"BROKER"},
	PartOrganisme:   {"ECO_ORGANISME"},
}

// The sub-profiles of a destination that takes dangerous waste.
var (
	dangerousCollectors = []string{"DANGEROUS_WASTES", "DEEE_WASTES", "OTHER_DANGEROUS_WASTES"}
	dangerousProcessors = []string{"DANGEROUS_WASTES_INCINERATION", "DANGEROUS_WASTES_STORAGE", "NON_DANGEROUS_WASTES_STORAGE", "OTHER_DANGEROUS_WASTES"}
)

const mendProfile = "the company must complete its profile in Trackdéchets; or name another establishment"

func (p Participant) examine(e *entry) []Finding {
	needsProfile := len(profiles[p.Part]) > 0 && (p.Part != PartTransporter || !p.Exempt)
	if e == nil {
		if p.Part == PartEmitter {
			return []Finding{p.finding(NotRegistered, false, "the register's directory does not know this establishment", "check the SIRET")}
		}
		return []Finding{p.finding(NotRegistered, needsProfile, "the register's directory does not know this company", "check the number; the company must register in Trackdéchets")}
	}
	var all []Finding
	switch {
	case e.EtatAdministratif == "F":
		all = append(all, p.finding(Closed, true, "the establishment is closed", "name the establishment that is open"))
	case e.IsDormant:
		all = append(all, p.finding(Dormant, true, "the company's account in Trackdéchets is dormant", "the company must wake it; or name another establishment"))
	}
	fits := slices.ContainsFunc(e.CompanyTypes, func(t string) bool { return slices.Contains(profiles[p.Part], t) })
	switch {
	case p.Part == PartEmitter:
		if slices.Contains(e.CompanyTypes, "ECO_ORGANISME") {
			all = append(all, p.finding(WrongProfile, true, "an éco-organisme cannot be the emitter", "name the establishment that the waste leaves"))
		}
	case !needsProfile:
	case !e.IsRegistered:
		all = append(all, p.finding(NotRegistered, true, "the company is not registered in Trackdéchets", "the company must register there; or name another establishment"))
	case !fits:
		all = append(all, p.finding(WrongProfile, true, fmt.Sprintf("the company is not registered in Trackdéchets as %s", p.Part), mendProfile))
	case p.Part == PartDestination && p.Dangerous && !e.takesDangerous():
		all = append(all, p.finding(WrongProfile, true, "the company's profile in Trackdéchets does not cover dangerous waste", mendProfile))
	}
	return append(all, p.receipt(e)...)
}

// takesDangerous: sub-profiles count whether or not the company has the profile
// that they belong to; one without any may be older than they are.
func (e *entry) takesDangerous() bool {
	return len(e.CollectorTypes)+len(e.WasteProcessorTypes) == 0 ||
		slices.ContainsFunc(e.CollectorTypes, func(t string) bool { return slices.Contains(dangerousCollectors, t) }) ||
		slices.ContainsFunc(e.WasteProcessorTypes, func(t string) bool { return slices.Contains(dangerousProcessors, t) })
}

// receipt is what French transporters need on the road.
func (p Participant) receipt(e *entry) []Finding {
	if p.Part != PartTransporter || p.Exempt || p.Company.Country != "FR" || p.Mode != "" && p.Mode != sluss.Road {
		return nil
	}
	held := e.TransporterReceipt
	if held == nil || held.ReceiptNumber == "" {
		return []Finding{p.finding(NoReceipt, true, "the transporter's receipt is missing in its profile", "the transporter must enter its receipt in Trackdéchets")}
	}
	until := time.Time(held.ValidityLimit)
	if !p.On.IsZero() && !until.IsZero() && until.Before(p.On) {
		return []Finding{p.finding(
			ReceiptExpires, false, "the transporter's receipt runs out on "+until.Format(time.DateOnly)+", before the transport",
			"the transporter must renew it and enter it in Trackdéchets; or name another transporter",
		)}
	}
	return nil
}

func (p Participant) finding(code FindingCode, blocks bool, problem, remedy string) Finding {
	return Finding{sluss.Fault{Field: p.Path + ".id", Problem: problem, Remedy: remedy}, code, blocks}
}
