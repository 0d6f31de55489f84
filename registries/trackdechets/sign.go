package trackdechets

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sluss"
	"sluss/registries/numbers"
)

// SecurityCode is a company's code of four digits, with which it signs on
// somebody else's device; 0 is none. It is a secret, and a wrong one counts:
// the third try within half an hour locks the company's signing, be it right or
// not. So a call with a code is never made again but by a person who enters it
// again, after an Unknown only once BSDD has shown that nothing was signed. It
// stands in no Exchange, and neither fmt nor JSON tells it, so it comes to no log
// and to no workflow's history: what is read back from JSON holds none.
type SecurityCode int

// Format prints stars, whatever the verb.
func (SecurityCode) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("****")) }

// MarshalJSON writes that there is none.
func (SecurityCode) MarshalJSON() ([]byte, error) { return []byte("0"), nil }

// codeOnWire is a code where it is sent.
type codeOnWire int

// Emission is the emitter's signature, or the storer's on what it sends on.
type Emission struct {
	Packagings []sluss.Packaging
	Mass       sluss.Mass
	UN         string
	Plates     []string
	By         string
	At         time.Time
	Code       SecurityCode // of the emitter, where the token is another company's
}

// SignEmission signs what leaves: SIGNED_BY_PRODUCER, after a temporary storage
// SIGNED_BY_TEMP_STORER.
func (c *Client) SignEmission(ctx context.Context, company, bsdd string, e Emission) (sluss.Outcome, sluss.Exchange, error) {
	input := emission{
		PackagingInfos: packagingsOf(e.Packagings), Quantity: tonnes(e.Mass), ONUCode: text(e.UN),
		TransporterNumberPlate: joined(e.Plates), EmittedAt: dateTime(e.At), EmittedBy: e.By,
	}
	return c.act(ctx, company, "signEmissionForm", places{}, func(ctx context.Context, s *session) form {
		told, _ := signEmission(ctx, s, bsdd, input, codeOnWire(e.Code))
		return told.SignEmissionForm
	}, "SIGNED_BY_PRODUCER", "SIGNED_BY_TEMP_STORER", "SENT")
}

// TakeOver is a transporter's signature.
type TakeOver struct {
	Mode    sluss.Mode
	Plates  []string
	Contact sluss.Contact
	By      string
	At      time.Time
	Code    SecurityCode // of the transporter, where the token is another company's
}

// SignTransport signs that the next transporter has taken the waste over: SENT,
// after a temporary storage RESENT. Several transporters sign in their order,
// each leaving the BSDD SENT.
func (c *Client) SignTransport(ctx context.Context, company, bsdd string, t TakeOver) (sluss.Outcome, sluss.Exchange, error) {
	input := takeOver{
		TakenOverAt: dateTime(t.At), TakenOverBy: t.By, TransporterNumberPlate: joined(t.Plates), TransporterTransportMode: mode(t.Mode),
		TransporterCompanyContact: text(t.Contact.Name), TransporterCompanyMail: text(t.Contact.Email), TransporterCompanyPhone: text(t.Contact.Phone),
	}
	return c.act(ctx, company, "signTransportForm", places{}, func(ctx context.Context, s *session) form {
		told, _ := signTransport(ctx, s, bsdd, input, codeOnWire(t.Code))
		return told.SignTransportForm
	}, "SENT", "RESENT")
}

// Arrival is what came, before anybody has judged it.
type Arrival struct {
	Mass      sluss.Mass // at a temporary storage; elsewhere it comes with the verdict
	Estimated bool
	By        string
	At        time.Time
}

// Verdict is a receiver's on what came.
type Verdict struct {
	Received  sluss.Mass
	Refused   sluss.Mass // all of Received: refused in whole
	Estimated bool       // at a temporary storage
	Reason    string     // of a refusal, also of a part
	By        string
	At        time.Time
}

func (v Verdict) wire() acceptance {
	a := acceptance{
		WasteAcceptationStatus: "ACCEPTED", SignedAt: dateTime(v.At), SignedBy: v.By,
		QuantityReceived: tonnes(v.Received), QuantityRefused: tonnes(v.Refused), WasteRefusalReason: text(v.Reason),
	}
	switch {
	case v.Refused > 0 && v.Refused >= v.Received:
		a.WasteAcceptationStatus = "REFUSED"
	case v.Refused > 0:
		a.WasteAcceptationStatus = "PARTIALLY_REFUSED"
	}
	return a
}

// Receive tells what came at its destination: RECEIVED.
func (c *Client) Receive(ctx context.Context, company, bsdd string, a Arrival) (sluss.Outcome, sluss.Exchange, error) {
	return c.act(ctx, company, "markAsReceived", places{}, func(ctx context.Context, s *session) form {
		told, _ := markAsReceived(ctx, s, bsdd, arrival{ReceivedBy: a.By, ReceivedAt: dateTime(a.At)})
		return told.MarkAsReceived
	}, "RECEIVED")
}

// Judge accepts or refuses what came at its destination: ACCEPTED, REFUSED.
func (c *Client) Judge(ctx context.Context, company, bsdd string, v Verdict) (sluss.Outcome, sluss.Exchange, error) {
	return c.act(ctx, company, "markAsAccepted", places{}, func(ctx context.Context, s *session) form {
		told, _ := markAsAccepted(ctx, s, bsdd, v.wire())
		return told.MarkAsAccepted
	}, "ACCEPTED", "REFUSED")
}

// Processing is what was done with the waste.
type Processing struct {
	Operation   string // without space: "R9"
	Mode        string // as of a declaration's treatment; empty for operations that group
	Description string
	// Next is where waste goes that was only grouped or stored (R12, R13, D9, D13
	// to D15). Its company may be left out where Untraced says that the trace is
	// lost.
	Next     *sluss.NextDestination
	Untraced bool
	By       string
	At       time.Time
}

func (p Processing) wire() processing {
	done := processing{
		ProcessingOperationDone: spaced(p.Operation), DestinationOperationMode: operationMode(p.Mode),
		ProcessingOperationDescription: text(p.Description), ProcessedBy: p.By, ProcessedAt: dateTime(p.At), NoTraceability: p.Untraced,
	}
	if p.Next != nil {
		done.NextDestination = &nextDestination{
			ProcessingOperation: spaced(p.Next.Operation), NotificationNumber: text(p.Next.Notification),
		}
		if p.Next.Company != (sluss.Party{}) {
			done.NextDestination.Company = new(onwardCompany(p.Next.Company))
		}
	}
	return done
}

// Faults are all reasons for which the register would refuse a treatment of
// waste (dangerous or not) on that day, found without asking it; fields are
// those of Processing. Whether a next destination is registered is Preflight's to
// ask.
func (p Processing) Faults(dangerous bool, on time.Time) (all sluss.Faults) {
	when := func(broken bool, field, problem, remedy string) {
		if broken {
			all = append(all, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
		}
	}
	done, known := operationOf(p.Operation, on)
	when(!known, "operation", "is not an operation that a BSDD takes", "give one such as R1, R13 or D9F")
	when(p.By == "", "by", "the name of who signs is missing", "give it")
	if !known {
		return all
	}
	fits := p.Mode == "" || slices.Contains(done.modes, p.Mode)
	when(!done.groups() && p.Mode == "" && !on.Before(modesWanted), "mode", "is missing", "say how the operation was carried out")
	when(!fits && !on.Before(modesRemapped), "mode", "is not a way to carry out this operation", "give one of: "+strings.Join(done.modes, ", "))
	if !done.groups() {
		when(p.Next != nil, "next", "a final operation has no next destination", "leave it out")
		when(p.Untraced, "untraced", "a final operation does not break the trace", "leave it out")
		return all
	}
	next := p.Next
	if next == nil {
		when(true, "next", "waste that was only grouped or stored goes on somewhere", "give the next destination")
		return all
	}
	_, known = operationOf(next.Operation, on)
	when(!known, "next.operation", "is missing, or not an operation that a BSDD takes", "give the operation planned there")
	company := next.Company
	if p.Untraced && company == (sluss.Party{}) {
		return all
	}
	for _, text := range []struct{ field, value string }{
		{"name", company.Name},
		{"address", company.Address},
		{"contact.name", company.Contact.Name},
		{"contact.phone", company.Contact.Phone},
		{"contact.email", company.Contact.Email},
	} {
		when(text.value == "", "next.company."+text.field, "is missing", "give it")
	}
	number := organisation(company)
	french := company.Country == "FR"
	when(number == "", "next.company.id", "the number is missing", "give the SIRET, abroad the VAT number")
	when(french && number != "" && !numbers.IsSIRET(number, true), "next.company.id", "is not a SIRET", "give the fourteen digits")
	when(!french && numbers.IsFrenchVAT(number), "next.company.vat", "names a French company", "name it by its SIRET")
	when(!french && dangerous && next.Notification == "", "next.notification", "dangerous waste goes abroad by a notification", "give the number of the notification")
	when(utf8.RuneCountInString(next.Notification) > longestNotification, "next.notification", tooLong, "give at most 15 characters")
	return all
}

const longestNotification = 15

// Process tells what was done: PROCESSED, of operations that group
// AWAITING_GROUP, FOLLOWED_WITH_PNTTD abroad, NO_TRACEABILITY.
func (c *Client) Process(ctx context.Context, company, bsdd string, p Processing) (sluss.Outcome, sluss.Exchange, error) {
	return c.act(ctx, company, "markAsProcessed", places{}, func(ctx context.Context, s *session) form {
		told, _ := markAsProcessed(ctx, s, bsdd, p.wire())
		return told.MarkAsProcessed
	}, "PROCESSED", "AWAITING_GROUP", "FOLLOWED_WITH_PNTTD", "NO_TRACEABILITY")
}
