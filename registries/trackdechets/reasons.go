package trackdechets

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sluss"
)

const (
	asCorrected = "correct it, and the report goes again"
	tooLong     = "is longer than Trackdéchets takes"
)

// reasons are the register's messages in the words of the declaration. One
// that the catalogue does not know keeps its own words, without a field.
func (p places) reasons(a answer) []sluss.Reason {
	var all []sluss.Reason
	for _, line := range a.messages() {
		if strings.HasPrefix(plain(line), "erreur, impossible de valider") {
			continue // the heading of a list
		}
		reason := p.reason(a.code(), line)
		reason.Code, reason.Original = a.code(), line
		all = append(all, reason)
	}
	if len(all) == 0 {
		all = []sluss.Reason{{Code: a.code(), Message: "Trackdéchets refused it without saying why", Remedy: "look at the recorded answer"}}
	}
	return all
}

func (p places) reason(code, line string) sluss.Reason {
	said := plain(line)
	switch {
	case strings.Contains(said, "a été annulé") && !strings.Contains(said, "révision"):
		return canceledReason()
	case code == tooMany && strings.Contains(said, "export"):
		return sluss.Reason{Message: "Trackdéchets makes the same export once in five minutes, and ten at a time", Remedy: "wait for what was ordered before"}
	case code == tooMany:
		return sluss.Reason{Message: "Trackdéchets has locked the signing of this company for a while", Remedy: "wait, see who tries codes, then send again by a correction"}
	}
	for _, entry := range procedures {
		if strings.Contains(said, entry.words) {
			return sluss.Reason{Message: entry.message, Remedy: entry.remedy}
		}
	}
	if code == forbidden {
		return sluss.Reason{Message: "Trackdéchets does not let the account whose token we use do this", Remedy: rightsRemedy}
	}
	if about, rest := subject(said); about != "" {
		if about == labelNext {
			return nextReason(rest)
		}
		if reason, known := p.final(about, rest); known {
			return reason
		}
		if path, known := p.party(about, rest); known {
			return companyReason(path, rest)
		}
		if who := others[about]; who != "" {
			reason := companyReason("", rest)
			reason.Message = who + ": " + reason.Message
			return reason
		}
	}
	if at := malformed.FindStringSubmatch(line); at != nil {
		if field, known := p.wireField(cmp.Or(at[1], at[2])); known {
			return sluss.Reason{Field: field, Message: map[bool]string{true: "is no e-mail address", false: tooLong}[strings.Contains(line, "email")], Remedy: asCorrected}
		}
	}
	for _, entry := range catalogue {
		if strings.Contains(said, entry.words) {
			remedy := entry.remedy
			if remedy == "" {
				remedy = asCorrected
			}
			return sluss.Reason{Field: p.fill(entry.field), Message: entry.message, Remedy: remedy}
		}
	}
	return sluss.Reason{Message: "Trackdéchets says: " + line, Remedy: "correct what it speaks of, and the report goes again"}
}

func canceledReason() sluss.Reason {
	return sluss.Reason{
		Code: canceled, Message: "the BSDD was cancelled in Trackdéchets",
		Remedy: "withdraw this report, and declare the waste as a new batch if it still is to go",
	}
}

func deletedReason() sluss.Reason {
	return sluss.Reason{
		Code: sluss.DocumentDeleted, Message: "there is no such BSDD in Trackdéchets any more: somebody deleted it",
		Remedy: "withdraw this report, and declare the waste as a new batch if it still is to go",
	}
}

// malformed matches messages about the form of a field, by its name on the wire.
var malformed = regexp.MustCompile(`^(?:Le champ ([A-Za-z.]+) ne peut dépasser|([A-Za-z.]+) must be (?:at most|a valid email))`)

// catalogue is what the register's messages are about, by words in them. The
// first that fits counts. Where the field is empty, the fault is in what was
// reported of an event, not in the declaration.
var catalogue = []struct{ words, field, message, remedy string }{
	{"code déchet", "waste.code", "is not a waste code that a BSDD takes", ""},
	{"astérisque", "waste.code", "a code with a star is always dangerous", ""},
	{"appellation du déchet", "waste.name", "the waste needs a name", ""},
	{"code onu", "waste.un", "does not fit whether the waste is subject to ADR", "give the ADR entry as on the transport document, or leave it out if the waste is not subject to ADR"},
	{"soumis à l'adr", "waste.un", "it must be said whether the waste is subject to ADR", "give the ADR entry, or leave it out if the waste is not subject to ADR"},
	{"consistance", "waste.consistence", "the consistence is missing", "give solid, liquid, gaseous or doughy"},
	{"type de quantité", "waste.estimated", "it must be said whether the mass is estimated", ""},
	{"quantité du déchet", "waste.mass", "the mass is missing", ""},
	{"déchet : le poids", "waste.mass", "the mass is not within what one BSDD takes: more than 0, at most 40 tonnes by road and 50000 otherwise", "correct it, or split the batch"},
	{"colis", "waste.packagings", "the number of packagings must be at least 1", ""},
	{"citerne ou", "waste.packagings", "there may be at most 2 tanks or skips", ""},
	{"benne ou de citerne", "waste.packagings", "there may be at most 2 tanks or skips", ""},
	{"packaginginfos", "waste.packagings", "tanks, skips and other packagings do not go together on one BSDD", "declare a batch for each"},
	{"pipeline", "{leg}.mode", "a delivery by pipeline has neither transporter nor packagings", "file it in Trackdéchets itself"},
	{"conditionnement", "waste.packagings", "the packagings are missing or not described", "give at least one, and say what it is where its kind is other"},
	{"champ cap", "{agreed}.acceptance", "dangerous waste needs the number of the acceptance certificate (CAP)", "ask the receiver for it"},
	{"ne permet pas de destination ultérieure", nextField, "a final operation has no next destination", "leave it out, or correct the operation"},
	{"rupture de traçabilité", "treatment.no_traceability", "a final operation does not break the trace", ""},
	{"mode de traitement", "treatment.mode", "is missing, or not a way to carry out this operation", ""},
	{"d'élimination / valorisation", "{agreed}.operation", "is not an operation that a BSDD takes", ""},
	{"type d'émetteur", "{emitter}.id", "the type of the emitter is missing", ""},
	{"plaque", "{leg}.vehicles.0.plate", "the plates are missing or malformed: at most two, of 4 to 12 characters", ""},
	{"immatriculation", "{leg}.vehicles.0.plate", "the plates are missing or malformed: at most two, of 4 to 12 characters", ""},
	{"mode de transport", "{leg}.mode", "the mode of transport is missing", ""},
	{"réception : le poids", "", "the mass received is not within what one BSDD takes: more than 0, at most 40 tonnes by road", eventRemedy},
	{"quantité reçue", "", "the mass received is missing, or does not fit the verdict", eventRemedy},
	{"quantité refusée", "", "the mass refused is missing, or does not fit the verdict", eventRemedy},
	{"motif de refus", "", "the reason of the refusal is missing", eventRemedy},
	{"wasterefusalreason", "", "what is accepted in whole has no reason of a refusal", eventRemedy},
	{"wasteacceptationstatus", "", "the verdict is missing", eventRemedy},
	{"apparaît pas", "{emitter}.id", "the company whose token we use is not on the BSDD", "correct the company, or configure the token of one that is on it"},
}

const eventRemedy = "it was reported with the event: file this step in Trackdéchets itself, then decide taken"

// others are the parties that a declaration does not have.
var others = map[string]string{
	"destination finale": "the final destination", "négociant": "the trader", "courtier": "the broker",
	"éco-organisme": "the éco-organisme", "intermédiaires": "an intermediary",
}

// companyReason is about one of the companies on the document.
// Where it is not known which of the declaration's that is, the party is empty,
// and so is the field.
func companyReason(party, said string) sluss.Reason {
	at := func(field string) string {
		if party == "" {
			return ""
		}
		return party + field
	}
	for _, entry := range []struct{ words, field, message, remedy string }{
		{"récépissé", ".id", "the transporter's receipt is missing in its profile", "the transporter must enter its receipt in Trackdéchets; then send again by a correction"},
		{"n'est pas un siret", ".id", "is not a SIRET", ""},
		{"siret de l'entreprise est obligatoire", ".id", "the SIRET is missing", ""},
		{"numéro de tva", ".vat", "a French company is named by its SIRET, a foreign one by a valid VAT number", ""},
		{"en sommeil", ".id", "the company's account in Trackdéchets is dormant", "the company must wake it; or name another establishment"},
		{"fermé", ".id", "the establishment is closed", "name the establishment that is open"},
		{"sous-profil", ".id", "the company's profile in Trackdéchets does not cover dangerous waste", "the company must complete its profile in Trackdéchets; or name another establishment"},
		{"inscrit", ".id", "the company is not registered in Trackdéchets for this role", "the company must register there, or complete its profile; or name another establishment"},
		{"éco-organisme", ".id", "an eco-organisme cannot be the emitter", ""},
		{"nom de l'entreprise", ".name", "the name is missing", ""},
		{"nom et prénom", ".name", "the name is missing", ""},
		{"adresse", ".address", "the address is missing", ""},
		{"téléphone", ".contact.phone", "the telephone number is missing", ""},
		{"email", ".contact.email", "the e-mail address is missing", ""},
		{"contact", ".contact.name", "the contact person is missing", ""},
	} {
		if strings.Contains(said, entry.words) {
			remedy := entry.remedy
			if remedy == "" {
				remedy = asCorrected
			}
			return sluss.Reason{Field: at(entry.field), Message: entry.message, Remedy: remedy}
		}
	}
	return sluss.Reason{Field: at(".id"), Message: "Trackdéchets does not take this company", Remedy: "see the register's own words; correct the company"}
}

const (
	rightsRemedy   = "give the account the role member of the company in Trackdéchets, or configure another token; a draft is open to the company that created it only"
	revisionRemedy = "ask for a revision in Trackdéchets"
	groupRemedy    = "correct what the group is made of"
)

// procedures are messages about the BSDD as it stands and about what a call asks
// for, by words in them: no value of the declaration is at fault. The first that
// fits counts. The narrower ones come first.
var procedures = []struct{ words, message, remedy string }{
	{"le bordereau avec l'identifiant", "there is no such BSDD (any more): perhaps somebody deleted it", "look it up in Trackdéchets; withdraw this batch's reports and declare it again if it is gone"},
	{"code de signature est invalide", "the security code is wrong; the third try within half an hour locks the company's signing, whatever the code", "ask the company for its code, and enter it again"},
	{"des champs ont été verrouillés", "a signature has locked what was to be changed", revisionRemedy},
	{"ce champ n'est pas modifiable", "a signature has locked what was to be changed", revisionRemedy},

	{"une autre révision est déjà en attente", "another revision of this BSDD is pending", "wait until it is answered, or have it withdrawn"},
	{"vous pouvez le modifier directement", "nobody has signed the BSDD yet, so it is changed, not revised", "change the draft"},
	{"certains champs saisis ne sont pas modifiables", "no revision changes this: of the mass that left, that of a producer's part of a round alone", "withdraw this report; what the receiver weighs counts"},
	{"révision sans modifications", "the revision changes nothing", "say what is to be changed"},
	{"annuler et de modifier", "a BSDD is either cancelled or changed", "ask for one of the two"},
	{"annuler un bordereau qui a été réceptionné", "what was received at its destination cannot be cancelled", "ask for a change of what is wrong"},
	{"pas encore été réceptionné", "what was not received has no mass received to revise", "wait for the reception"},
	{"destinataire de cette révision", "the revision does not ask this company, or has been answered", "look at how it stands"},
	{"n'est plus en attente de validation", "the revision has been answered", "look at how it stands"},
	{"la révision avec l'identifiant", "there is no such revision", "look at the BSDD's revisions"},
	{"créer une révision sur ce bordereau, il a été", "what was refused or cancelled is not revised", "declare the waste as a new batch if it still is to go"},

	{"appendix1 ou appendix2", "a group needs an emitter that groups", groupRemedy},
	{"appendix2 ou appendix1", "a group needs an emitter that groups", groupRemedy},
	{"bordereaux initiaux", "the group has too many parts", "make several groups"},
	{"plusieurs fois dans la liste", "a BSDD is in the group twice", groupRemedy},
	{"en attente de regroupement", "a BSDD of the group does not wait for one", groupRemedy},
	{"en possession de l'émetteur", "a BSDD of the group is not at the emitter", groupRemedy},
	{"quantité regroupée", "a part of the group has no mass", groupRemedy},
	{"quantité restante à regrouper", "a part of the group is more than is left of its BSDD", groupRemedy},
	{"annexe 1", "a collection round (annex 1) is not handled that way", "handle it in Trackdéchets itself"},
	{"bordereau chapeau", "a collection round (annex 1) is not handled that way", "handle it in Trackdéchets itself"},

	{"plus de 5 transporteurs", "a BSDD takes five transporters", "take some off"},
	{"ou les identifiants suivants", "a transporter does not exist, or is on another BSDD", "add the transporter again"},
	{"le transporteur bsdd", "there is no such transporter", "add the transporter again"},
	{"`transporter` et `transporters`", "either one transporter or several", "leave one of the two out"},
	{"il a déjà signé son enlèvement", "this transporter has signed", revisionRemedy},
	{"entreposé provisoirement", "the receiver does not store this BSDD temporarily", "report the reception instead"},
	{"installation d'entreposage provisoire", "the receiver stores this BSDD temporarily", "report the storage instead"},

	{"champ customid", "a BSDD from paper needs an id of ours", "give its declaration a reference"},
	{"seuls les bordereaux scellés", "only a sealed BSDD is imported from paper", "seal it, or import what is new"},
	{"siret d'un bordereau lors de son import", "the import from paper may not change the companies", "leave them as they were sealed"},
	{"importer un bordereau papier sur lequel", "only the destination imports from paper", "use the destination's token"},

	{"le seul à pouvoir le supprimer", "the producer has signed, so only it may delete the BSDD", "use the producer's token"},
	{"peuvent être supprimés", "what was signed is not deleted", revisionRemedy},
	{"sur lequel votre", "the company whose token we use is not on the BSDD", "correct the company, or configure the token of one that is on it"},
	{"enlever votre établissement", "the company whose token we use must stay on the BSDD", "use the token of another company on it"},

	{"permission de gérer les webhooks", "the account may not set webhooks of this company", "give the account the role admin of the company in Trackdéchets"},
	{"nombre maximum de webhooks", "the company has its one webhook", "re-activate it, or delete it first"},
	{"url de webhook", "the endpoint is not a public https address", "give another address"},
	{"token must be", "the secret of a webhook has 20 to 100 characters", "give another secret"},
}

// introduced are messages that tell a party's part in a sentence, by words in it,
// with the label that other messages begin with. Any company may be meant where
// that is empty: its number tells which.
var introduced = []struct{ words, label string }{
	{"l'installation de destination ou", labelReceiver},
	{"par l'établissement destinataire", labelReceiver},
	{"le transporteur saisi", labelTransporter},
	{"le négociant saisi", PartTrader.label()},
	{"le courtier saisi", PartBroker.label()},
}

const anyCompany = "l'établissement avec le siret"

// subject is the label of whom a message is about, and what it says of them;
// empty: no label is known.
func subject(said string) (label, rest string) {
	for _, i := range introduced {
		if strings.Contains(said, i.words) {
			return i.label, said
		}
	}
	if strings.HasPrefix(said, anyCompany) {
		return anyCompany, said
	}
	label, rest, labelled := strings.Cut(said, ":")
	if !labelled {
		return "", said
	}
	return strings.TrimSpace(label), rest
}

var companyNumber = regexp.MustCompile(`\b[a-z]{0,3}\d[0-9a-z]{7,13}\b`)

// party is whom a message means by its label; of several, such as transporters, by
// the number in it. Where a call has no declaration, the path is empty.
func (p places) party(label, said string) (path string, known bool) {
	number := strings.ToUpper(companyNumber.FindString(said))
	for _, one := range p.parties {
		if number != "" && one.number == number && (one.label == label || label == anyCompany) {
			return one.path, true
		}
	}
	if path = p.path(label); path != "" {
		return path, true
	}
	return "", slices.Contains([]string{labelEmitter, labelTransporter, labelReceiver}, label)
}

// final is what is said about the agreement with the receiver after a storage.
func (p places) final(about, said string) (r sluss.Reason, known bool) {
	if about != labelFinal || !p.stored() {
		return r, false
	}
	switch {
	case strings.Contains(said, "champ cap"):
		return sluss.Reason{Field: "treatment.acceptance", Message: "dangerous waste needs the number of the acceptance certificate (CAP)", Remedy: "ask the receiver for it"}, true
	case strings.Contains(said, "opération de traitement"):
		return sluss.Reason{Field: "treatment.operation", Message: "the operation is missing", Remedy: asCorrected}, true
	}
	return r, false
}

// places are the paths in the declaration of what stands on a BSDD. Where they
// are not known (a call about a BSDD by its id alone), reasons about a party
// or a leg have no field.
type places struct {
	leg     string
	agreed  string // what the note says that the recipient has agreed to
	parties []place
}

// place is where a party of the BSDD stands in the declaration, with the label of
// the messages about it. Of several with one label, the first is meant where
// nothing tells which.
type place struct{ label, number, path string }

func (p places) path(label string) string {
	for _, one := range p.parties {
		if one.label == label {
			return one.path
		}
	}
	return ""
}

// recipient is whom the BSDD names so: who stores the waste on its way, else the
// receiver.
func (p places) recipient() string { return cmp.Or(p.path(labelReceiver), theReceiver) }

func (p places) stored() bool { return p.recipient() != theReceiver }

const theReceiver, theTreatment = "receiver", "treatment"

func (d document) places() places {
	leg := func(n int) string { return fmt.Sprintf("legs.%d", n-1) }
	p := places{leg: leg(d.leg), agreed: theTreatment}
	add := func(label string, party sluss.Party, path string) {
		p.parties = append(p.parties, place{label, organisation(party), path})
	}
	emitter := leg(d.first) + ".consignor"
	if d.Declaration.Legs[d.first-1].Consignor == nil {
		emitter = "producer"
		if d.first > 1 {
			emitter = leg(d.first-1) + ".transporter"
		}
	}
	if d.pickup() != nil {
		emitter = fmt.Sprintf("pickups.%d.producer", d.Obligation.Pickup-1)
	}
	add(labelEmitter, d.emitter(), emitter)
	if stored := d.storedAfter(); stored > 0 {
		storer, _ := d.recipient()
		add(labelReceiver, storer, leg(stored+1)+".consignor")
		add(labelFinal, d.Declaration.Receiver, theReceiver)
		switch d.Obligation.Note { //nolint:exhaustive // the others tell nothing that the storer has agreed to
		case "", sluss.NoteCreation, sluss.NoteSealing, sluss.NoteEmission:
			if !d.onward() {
				p.agreed = leg(stored) + ".storage"
			}
		}
	}
	add(labelReceiver, d.Declaration.Receiver, theReceiver)
	add(labelTransporter, d.carrier(), p.leg+".transporter")
	for n := d.first; n <= len(d.Declaration.Legs); n++ {
		add(labelTransporter, d.Declaration.Legs[n-1].Transporter, leg(n)+".transporter")
	}
	for _, a := range d.associates() {
		add(a.part.label(), a.party, a.path)
	}
	return p
}

// fill puts the places of this batch into a path of the catalogue.
func (p places) fill(path string) string {
	if len(p.parties) == 0 && (strings.Contains(path, "{leg}") || strings.Contains(path, "{emitter}")) {
		return ""
	}
	return strings.NewReplacer(
		"{leg}", p.leg, "{emitter}", p.path(labelEmitter), "{recipient}", p.recipient(), "{agreed}", cmp.Or(p.agreed, theTreatment),
	).Replace(path)
}

// wireField is the path in the declaration of a field on the wire, which the
// register writes as wasteDetails.name or wasteDetailsName.
func (p places) wireField(wire string) (path string, known bool) {
	name := strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(wire, ".", "")), "temporarystoragedetail")
	for _, party := range []struct{ prefix, path string }{
		{"emittercompany", "{emitter}"}, {"recipientcompany", "{recipient}"}, {"destinationcompany", "receiver"}, {"transportercompany", "{leg}.transporter"}, {"transporterscompany", "{leg}.transporter"},
	} {
		field, ours := strings.CutPrefix(name, party.prefix)
		if !ours {
			continue
		}
		path, known = map[string]string{
			"siret": ".id", "vatnumber": ".vat", "name": ".name", "address": ".address",
			"contact": ".contact.name", "phone": ".contact.phone", "mail": ".contact.email",
		}[field]
		return p.fill(party.path + path), known
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
	return p.fill(path), known
}
