package reasons

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Places are the paths in the declaration of what stands on a BSDD. Where they are
// not known, as of a call about a BSDD by its id alone, reasons about a party or a
// leg have no field.
type Places struct {
	Leg     string // of the step
	Agreed  string // what the step says that the recipient has agreed to
	Parties []Place
}

// Place is where a party of the BSDD stands in the declaration. Of several with one
// label, the first is meant where nothing tells which.
type Place struct{ Label, Number, Path string }

// Labels begin the registry's messages about a party.
const (
	Emitter         = "émetteur"
	Recipient       = "destinataire" // the receiver, or who stores the waste on its way
	Transporter     = "transporteur"
	FinalReceiver   = "destination finale" // after a storage
	NextDestination = "destination ultérieure"
	Trader          = "négociant"
	Broker          = "courtier"
	EcoOrganisme    = "éco-organisme"
	Intermediary    = "intermédiaires"
)

// Paths of a declaration.
const (
	Receiver  = "receiver"
	Treatment = "treatment"
	Next      = "treatment.next"
	Untraced  = "treatment.no_traceability"
)

// Path is where the party with a label stands; empty: nowhere.
func (p Places) Path(label string) string {
	for _, one := range p.Parties {
		if one.Label == label {
			return one.Path
		}
	}
	return ""
}

func (p Places) recipient() string { return cmp.Or(p.Path(Recipient), Receiver) }

var companyNumber = regexp.MustCompile(`\b[a-z]{0,3}\d[0-9a-z]{7,13}\b`)

// party is whom a message means by its label; of several, such as transporters, by
// the number in it. Where there are no places, the path is empty.
func (p Places) party(label, said string) (path string, known bool) {
	number := strings.ToUpper(companyNumber.FindString(said))
	for _, one := range p.Parties {
		if number != "" && one.Number == number && (one.Label == label || label == anyCompany) {
			return one.Path, true
		}
	}
	if path = p.Path(label); path != "" {
		return path, true
	}
	return "", slices.Contains([]string{Emitter, Transporter, Recipient}, label)
}

// Fill puts the places into a path that has {leg}, {emitter}, {recipient} or
// {agreed} in it.
func (p Places) Fill(path string) string {
	if len(p.Parties) == 0 && (strings.Contains(path, "{leg}") || strings.Contains(path, "{emitter}")) {
		return ""
	}
	return strings.NewReplacer(
		"{leg}", p.Leg, "{emitter}", p.Path(Emitter), "{recipient}", p.recipient(), "{agreed}", cmp.Or(p.Agreed, Treatment),
	).Replace(path)
}

// Field is the path in the declaration of a field on the wire, which the registry
// writes as wasteDetails.name or wasteDetailsName.
func (p Places) Field(wire string) (path string, known bool) {
	name := strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(wire, ".", "")), "temporarystoragedetail")
	for prefix, party := range map[string]string{
		"nextdestinationcompany": Next + ".company", "tradercompany": p.Path(Trader), "brokercompany": p.Path(Broker), "ecoorganisme": p.Path(EcoOrganisme),
		"emittercompany": "{emitter}", "recipientcompany": "{recipient}", "destinationcompany": Receiver,
		"transportercompany": "{leg}.transporter", "transporterscompany": "{leg}.transporter",
	} {
		if field, ours := strings.CutPrefix(name, prefix); ours {
			path, known = map[string]string{
				"siret": ".id", "vatnumber": ".vat", "name": ".name", "address": ".address",
				"contact": ".contact.name", "phone": ".contact.phone", "mail": ".contact.email",
			}[field]
			return p.Fill(party + path), known && party != ""
		}
	}
	path, known = map[string]string{
		"wastedetailscode": "waste.code", "wastedetailsname": "waste.name", "wastedetailsonucode": "waste.un", "onucode": "waste.un",
		"wastedetailsquantity": "waste.mass", "quantity": "waste.mass", "wastedetailspackaginginfos": "waste.packagings", "packaginginfos": "waste.packagings",
		"wastedetailsconsistences": "waste.consistence", "wastedetailspop": "waste.pop",
		"recipientcap": "{agreed}.acceptance", "recipientprocessingoperation": "{agreed}.operation",
		"destinationcap": "treatment.acceptance", "destinationprocessingoperation": "treatment.operation",
		"processingoperationdone": "treatment.operation", "processingoperationdescription": "treatment.description", "destinationoperationmode": "treatment.mode",
		"transporternumberplate": "{leg}.vehicles.0.plate", "transportersnumberplate": "{leg}.vehicles.0.plate",
		"transportermode": "{leg}.mode", "transportertransportmode": "{leg}.mode",
		"emitterworksiteaddress": "{leg}.from.address", "emitterworksitecity": "{leg}.from.city", "emitterworksitepostalcode": "{leg}.from.postcode",
	}[name]
	return p.Fill(path), known
}
