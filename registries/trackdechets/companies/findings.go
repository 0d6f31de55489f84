package companies

import (
	"fmt"
	"slices"
	"time"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// finding is what stands against a company's part.
type finding struct {
	sluss.Fault
	code   string
	blocks bool // the registry refuses the BSDD because of it
}

// The kinds of findings.
const (
	notRegistered  = "not-registered"
	wrongProfile   = "wrong-profile"
	dormant        = "dormant"
	closed         = "closed"
	noReceipt      = "no-receipt"
	receiptExpires = "receipt-expires" // before the transport; the registry does not look
	notListed      = "not-listed"      // among the éco-organismes of BSDDs
	badNumber      = "bad-number"
)

// profiles are what companies must be registered as for their part, any of them. The
// emitter, and who only follows the BSDD, need none.
var profiles = map[string][]string{
	reasons.Transporter:  {"TRANSPORTER"},
	reasons.Recipient:    {"COLLECTOR", "WASTEPROCESSOR", "WASTE_CENTER", "DISPOSAL_FACILITY"},
	reasons.Trader:       {"TRADER"},
	reasons.Broker:       {"BROKER"},
	reasons.EcoOrganisme: {"ECO_ORGANISME"},
}

// parts are our words for them.
var parts = map[string]string{
	reasons.Transporter: "transporter", reasons.Recipient: "destination", reasons.Trader: "trader", reasons.Broker: "broker", reasons.EcoOrganisme: "éco-organisme",
}

// The sub-profiles of a destination that takes dangerous waste.
var (
	dangerousCollectors = []string{"DANGEROUS_WASTES", "DEEE_WASTES", "OTHER_DANGEROUS_WASTES"}
	dangerousProcessors = []string{"DANGEROUS_WASTES_INCINERATION", "DANGEROUS_WASTES_STORAGE", "NON_DANGEROUS_WASTES_STORAGE", "OTHER_DANGEROUS_WASTES"}
)

const completeProfile = "the company must complete its profile in Trackdéchets; or name another establishment"

// examine says what stands against a participant by its entry in the directory; nil:
// there is none.
func (p participant) examine(e *wire.CompanyInfo, listed []sluss.Party) (all []finding) {
	add := func(code string, blocks bool, problem, remedy string) {
		all = append(all, finding{sluss.Fault{Field: p.path + ".id", Problem: problem, Remedy: remedy}, code, blocks})
	}
	needed := profiles[p.label]
	switch {
	case bsdd.Number(p.company) == "":
		add(badNumber, true, "the number is missing", "give the SIRET, abroad the VAT number")
		return all
	case e == nil && p.label == reasons.Emitter:
		add(notRegistered, false, "the registry's directory does not know this establishment", "check the SIRET")
	case e == nil:
		add(notRegistered, needed != nil, "the registry's directory does not know this company", "check the number; the company must register in Trackdéchets")
	case e.EtatAdministratif == "F":
		add(closed, true, "the establishment is closed", "name the establishment that is open")
	case e.IsDormant:
		add(dormant, true, "the company's account in Trackdéchets is dormant", "the company must reactivate it; or name another establishment")
	}
	is := func(types []string) bool { return e != nil && overlap(e.CompanyTypes, types) }
	switch {
	case e == nil:
	case p.label == reasons.Emitter && is(profiles[reasons.EcoOrganisme]):
		add(wrongProfile, true, "an éco-organisme cannot be the emitter", "name the establishment that the waste leaves")
	case needed == nil:
	case !e.IsRegistered:
		add(notRegistered, true, "the company is not registered in Trackdéchets", "the company must register there; or name another establishment")
	case !is(needed):
		add(wrongProfile, true, fmt.Sprintf("the company is not registered in Trackdéchets as %s", parts[p.label]), completeProfile)
	case p.label == reasons.Recipient && p.dangerous && !takesDangerous(e):
		add(wrongProfile, true, "the company's profile in Trackdéchets does not cover dangerous waste", completeProfile)
	}
	if e != nil && p.needsReceipt() {
		who, held := parts[p.label], p.receipt(e)
		switch {
		case held == nil || held.ReceiptNumber == "":
			add(noReceipt, true, fmt.Sprintf("the %s's receipt is missing in its profile", who), fmt.Sprintf("the %s must enter its receipt in Trackdéchets", who))
		case !p.on.IsZero() && !time.Time(held.ValidityLimit).IsZero() && time.Time(held.ValidityLimit).Before(p.on):
			add(receiptExpires, false, fmt.Sprintf("the %s's receipt expires on %s, before the transport", who, time.Time(held.ValidityLimit).Format(time.DateOnly)),
				fmt.Sprintf("the %s must renew it and enter it in Trackdéchets; or name another %s", who, who))
		}
	}
	if p.label == reasons.EcoOrganisme && !slices.ContainsFunc(listed, func(o sluss.Party) bool { return o.ID == p.company.ID }) {
		add(notListed, true, "is not among the éco-organismes that handle BSDDs", "name another éco-organisme, or none")
	}
	return all
}

// needsReceipt: on the road a French transporter does, and a trader or broker always.
func (p participant) needsReceipt() bool {
	switch p.label {
	case reasons.Transporter:
		return p.company.Country == "FR" && (p.mode == "" || p.mode == sluss.Road)
	case reasons.Trader, reasons.Broker:
		return true
	}
	return false
}

// receipt is the one that a company holds for its part; nil: none.
func (p participant) receipt(e *wire.CompanyInfo) *wire.CompanyInfoTransporterReceipt {
	switch p.label {
	case reasons.Trader:
		return (*wire.CompanyInfoTransporterReceipt)(e.TraderReceipt)
	case reasons.Broker:
		return (*wire.CompanyInfoTransporterReceipt)(e.BrokerReceipt)
	}
	return e.TransporterReceipt
}

// takesDangerous: sub-profiles count whether or not the company has the profile that
// they belong to; a company without any may be older than they are.
func takesDangerous(e *wire.CompanyInfo) bool {
	return len(e.CollectorTypes)+len(e.WasteProcessorTypes) == 0 ||
		overlap(e.CollectorTypes, dangerousCollectors) || overlap(e.WasteProcessorTypes, dangerousProcessors)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(one string) bool { return slices.Contains(b, one) })
}
