package reasons

// entry is what a message with some words in it means. Without a remedy it is to be
// corrected.
type entry struct{ words, field, message, remedy string }

const (
	// TooLong is what a text is that has more characters than the registry takes.
	TooLong = "is longer than Trackdéchets takes"
	// FourteenDigits is the remedy of a SIRET.
	FourteenDigits = "give the fourteen digits, the last one a check digit"
	// Operations is the remedy of an operation.
	Operations = "use R1 to R13, D1 to D5, D8 to D10, D9F or D12 to D15, without space"

	rightsRemedy = "give the account the role member of the company in Trackdéchets, or configure another token; a draft is open to the company that created it only"

	asCorrected    = "correct it, and the report is sent again"
	eventRemedy    = "it was reported with the event: file this step in Trackdéchets itself, then decide taken"
	revisionRemedy = "ask for a revision in Trackdéchets"
	groups         = "predecessors"
	groupRemedy    = "correct what the group is made of"
	noReceipt      = "the receipt of the trader or broker is missing in its profile"
	receiptRemedy  = "the company must enter its receipt in Trackdéchets; then send again by a correction"
	finalMessage   = "a final operation has no next destination"
)

// In each table the first entry that fits counts.

// catalogue are messages about the content of a BSDD. Where the field is empty, the
// fault is in what was reported of an event, not in the declaration.
var catalogue = []entry{
	{"code déchet", "waste.code", "is not a waste code that a BSDD takes", "look the code up; asbestos, fluids, infectious waste and vehicles have documents of their own, which are not yet supported"},
	{"astérisque", "waste.code", "a code with a star is always dangerous", ""},
	{"appellation du déchet", "waste.name", "the waste needs a name", "give the name on the label"},
	{"code onu", "waste.un", "does not fit whether the waste is subject to ADR", "give the ADR entry as on the transport document, or leave it out if the waste is not subject to ADR"},
	{"soumis à l'adr", "waste.un", "it must be said whether the waste is subject to ADR", "give the ADR entry, or leave it out if the waste is not subject to ADR"},
	{"consistance", "waste.consistence", "the consistence is missing", "give solid, liquid, gaseous or doughy"},
	{"type de quantité", "waste.estimated", "it must be said whether the mass is estimated", ""},
	{"quantité du déchet", "waste.mass", "the mass is missing", ""},
	{"déchet : le poids", "waste.mass", "the mass is not within what one BSDD takes: more than 0, at most 40 tonnes by road and 50000 otherwise", "correct it, or split the batch"},
	{"colis", "waste.packagings", "the number of packagings must be at least 1", "give the number of containers"},
	{"le volume", "waste.packagings", "the volume of a packaging is not negative", ""},
	{"citerne ou", "waste.packagings", "there may be at most 2 tanks or skips", "split the batch"},
	{"benne ou de citerne", "waste.packagings", "there may be at most 2 tanks or skips", "split the batch"},
	{"packaginginfos", "waste.packagings", "tanks, skips and other packagings do not go together on one BSDD", "declare a batch for each"},
	{"pipeline", "{leg}.mode", "a delivery by pipeline has neither transporter nor packagings, and is not yet supported", "file it in Trackdéchets itself"},
	{"conditionnement", "waste.packagings", "the packagings are missing or not described", "give at least one, and say what it is where its kind is other"},
	{"champ cap", "{agreed}.acceptance", "dangerous waste needs the number of the acceptance certificate (CAP)", "ask the receiver for it"},
	{"ne permet pas de destination ultérieure", Next, finalMessage, "leave it out, or correct the operation"},
	{"rupture de traçabilité", Untraced, "a final operation does not break the trace", "leave it out"},
	{"mode de traitement", "treatment.mode", "is missing, or not a way to carry out this operation", "give the mode of the operation; one that only groups or stores has none"},
	{"d'élimination / valorisation", "{agreed}.operation", "is not an operation that a BSDD takes", Operations},
	{"type d'émetteur", "{emitter}.id", "the type of the emitter is missing", ""},
	{"plaque", "{leg}.vehicles.0.plate", "the plates are missing or malformed: at most two, of 4 to 12 characters", "give the lorry, and the trailer if there is one, each with one plate"},
	{"immatriculation", "{leg}.vehicles.0.plate", "the plates are missing or malformed: at most two, of 4 to 12 characters", "give the lorry, and the trailer if there is one, each with one plate"},
	{"mode de transport", "{leg}.mode", "the mode of transport is missing", "give road, rail, sea, air or inland-waterway"},
	{"réception : le poids", receivedMass, "the mass received is not within what one BSDD takes: more than 0, at most 40 tonnes by road", eventRemedy},
	{"quantité reçue", receivedMass, "the mass received is missing, or does not fit the verdict", eventRemedy},
	{"quantité refusée", refusedMass, "the mass refused is missing, or does not fit the verdict", eventRemedy},
	{"motif de refus", refusalReason, "the reason of the refusal is missing", eventRemedy},
	{"wasterefusalreason", refusalReason, "what is accepted in whole has no reason of a refusal", eventRemedy},
	{"wasteacceptationstatus", receivedMass, "the verdict is missing", eventRemedy},
	{"plus de 5 intermédiaires", "intermediaries", "a BSDD has five intermediaries at most", "take some off"},
	{"customid", "reference", TooLong, "use a shorter reference"},
	{"date d'opération", "events.treated.at", "the waste is treated after its reception, and not in the future", "correct the time of the event"},
	{"apparaît pas", "{emitter}.id", "the company whose token we use is not on the BSDD", "correct the company, or configure the token of one that is on it"},
}

// Paths of what was reported with an event.
const (
	receivedMass  = "events.received.mass"
	refusedMass   = "events.accepted.refused_mass"
	refusalReason = "events.accepted.reason"
)

// lists are where the parties stand that a declaration may lack.
var lists = map[string]string{Trader: "deals", Broker: "deals", EcoOrganisme: "intermediaries", Intermediary: "intermediaries"}

// others are the parties that a declaration may lack.
var others = map[string]string{
	FinalReceiver: "the final destination", Trader: "the trader", Broker: "the broker", EcoOrganisme: "the éco-organisme", Intermediary: "an intermediary",
}

// next are messages about the next destination.
var next = []entry{
	{"traitement final", Next, finalMessage, "leave it out, or correct the operation"},
	{"opération", Next + ".operation", "is missing, or not an operation that a BSDD takes", "give the operation planned there"},
	{"notification", Next + ".notification", "dangerous waste goes abroad by a notification, whose number has at most 15 characters", "give its number"},
}

// agreement are messages about what the receiver after a storage has agreed to.
var agreement = []entry{
	{"champ cap", "treatment.acceptance", "dangerous waste needs the number of the acceptance certificate (CAP)", "ask the receiver for it"},
	{"opération de traitement", "treatment.operation", "the operation is missing", Operations},
}

// company are messages about a company; fields are below its path.
var company = []entry{
	{"récépissé", ".id", "the transporter's receipt is missing in its profile", "the transporter must enter its receipt in Trackdéchets; then send again by a correction"},
	{"récepissé", ".id", noReceipt, receiptRemedy}, // sic: of a trader or broker
	{"département obligatoire", ".id", noReceipt, receiptRemedy},
	{"date de validité obligatoire", ".id", noReceipt, receiptRemedy},
	{"n'est pas un siret", ".id", "is not a SIRET", FourteenDigits},
	{"siret de l'entreprise est obligatoire", ".id", "the SIRET is missing", FourteenDigits},
	{"numéro de tva", ".vat", "a French company is named by its SIRET, a foreign one by a valid VAT number", "give it with its country prefix, such as SE556000016701"},
	{"en sommeil", ".id", "the company's account in Trackdéchets is dormant", "the company must wake it; or name another establishment"},
	{"fermé", ".id", "the establishment is closed", "name the establishment that is open"},
	{"sous-profil", ".id", "the company's profile in Trackdéchets does not cover dangerous waste", "the company must complete its profile in Trackdéchets; or name another establishment"},
	{"inscrit", ".id", "the company is not registered in Trackdéchets for this role", "the company must register there, or complete its profile; or name another establishment"},
	{"n'est pas reconnu", ".id", "is not on the list of éco-organismes", "name one that is, or leave it out"},
	{"ajouté plusieurs fois", ".id", "the company is named twice", "name it once"},
	{"éco-organisme", ".id", "an eco-organisme cannot be the emitter", "name the establishment that the waste leaves"},
	{"nom de l'entreprise", ".name", "the name is missing", "give the name in the company register"},
	{"nom et prénom", ".name", "the name is missing", "give first name and family name"},
	{"adresse", ".address", "the address is missing", "give it, with postcode and town"},
	{"téléphone", ".contact.phone", "the telephone number is missing", "give the contact person's"},
	{"email", ".contact.email", "the e-mail address is missing", "give the contact person's"},
	{"contact", ".contact.name", "the contact person is missing", "name the person whom the registry may ask"},
}

// procedures are messages about the BSDD as it stands and about what a call asks
// for: no value of the declaration is at fault. The narrower ones come first.
var procedures = []entry{
	{"le bordereau avec l'identifiant", "", "there is no such BSDD (any more): perhaps somebody deleted it", "look it up in Trackdéchets; withdraw this batch's reports and declare it again if it is gone"},
	{"code de signature est invalide", "", "the security code is wrong; the third try within half an hour locks the company's signing, whatever the code", "ask the company for its code, and enter it again"},
	{"des champs ont été verrouillés", "", "a signature has locked what was to be changed", revisionRemedy},
	{"ce champ n'est pas modifiable", "", "a signature has locked what was to be changed", revisionRemedy},

	{"une autre révision est déjà en attente", "", "another revision of this BSDD is pending", "wait until it is answered, or have it withdrawn"},
	{"vous pouvez le modifier directement", "", "nobody has signed the BSDD yet, so it is changed, not revised", "change the draft"},
	{"certains champs saisis ne sont pas modifiables", "waste.mass", "no revision changes this: of the mass that left, that of a producer's part of a round alone", "withdraw this report; what the receiver weighs counts"},
	{"révision sans modifications", "", "the revision changes nothing", "say what is to be changed"},
	{"annuler et de modifier", "", "a BSDD is either cancelled or changed", "ask for one of the two"},
	{"annuler un bordereau qui a été réceptionné", "", "what was received at its destination cannot be cancelled", "ask for a change of what is wrong"},
	{"pas encore été réceptionné", "", "what was not received has no mass received to revise", "wait for the reception"},
	{"destinataire de cette révision", "", "the revision does not ask this company, or has been answered", "look at how it stands"},
	{"n'est plus en attente de validation", "", "the revision has been answered", "look at how it stands"},
	{"la révision avec l'identifiant", "", "there is no such revision", "look at the BSDD's revisions"},
	{"créer une révision sur ce bordereau, il a été", "", "what was refused or cancelled is not revised", "declare the waste as a new batch if it still is to go"},

	{"appendix1 ou appendix2", groups, "a group needs an emitter that groups", groupRemedy},
	{"appendix2 ou appendix1", groups, "a group needs an emitter that groups", groupRemedy},
	{"plusieurs fractions", groups, "a BSDD is in the group twice", groupRemedy},
	{"bordereaux initiaux", groups, "the group has too many parts", "make several groups"},
	{"plusieurs fois dans la liste", groups, "a BSDD is in the group twice", groupRemedy},
	{"en attente de regroupement", groups, "a BSDD of the group does not wait for one", groupRemedy},
	{"en possession de l'émetteur", groups, "a BSDD of the group is not at the emitter", groupRemedy},
	{"quantité regroupée", groups, "a part of the group has no mass", groupRemedy},
	{"quantité restante à regrouper", groups, "a part of the group is more than is left of its BSDD", groupRemedy},
	{"annexe 2", groups, "the group has no part", "name the batches that went into it"},
	{"annexe 1", "", "a collection round (annex 1) is not handled that way", "handle it in Trackdéchets itself"},
	{"bordereau chapeau", "", "a collection round (annex 1) is not handled that way", "handle it in Trackdéchets itself"},

	{"plus de 5 transporteurs", "", "a BSDD takes five transporters", "take some off"},
	{"ou les identifiants suivants", "", "a transporter does not exist, or is on another BSDD", "add the transporter again"},
	{"le transporteur bsdd", "", "there is no such transporter", "add the transporter again"},
	{"`transporter` et `transporters`", "", "either one transporter or several", "leave one of the two out"},
	{"il a déjà signé son enlèvement", "", "this transporter has signed", revisionRemedy},
	{"entreposé provisoirement", "", "the receiver does not store this BSDD temporarily", "report the reception instead"},
	{"installation d'entreposage provisoire", "", "the receiver stores this BSDD temporarily", "report the storage instead"},

	{"champ customid", "", "a BSDD from paper needs an id of ours", "give its declaration a reference"},
	{"seuls les bordereaux scellés", "", "only a sealed BSDD is imported from paper", "seal it, or import what is new"},
	{"siret d'un bordereau lors de son import", "", "the import from paper may not change the companies", "leave them as they were sealed"},
	{"importer un bordereau papier sur lequel", "", "only the destination imports from paper", "use the destination's token"},

	{"le seul à pouvoir le supprimer", "", "the producer has signed, so only it may delete the BSDD", "use the producer's token"},
	{"peuvent être supprimés", "", "what was signed is not deleted", revisionRemedy},
	{"sur lequel votre", "", "the company whose token we use is not on the BSDD", "correct the company, or configure the token of one that is on it"},
	{"enlever votre établissement", "", "the company whose token we use must stay on the BSDD", "use the token of another company on it"},

	{"permission de gérer les webhooks", "", "the account may not set webhooks of this company", "give the account the role admin of the company in Trackdéchets"},
	{"nombre maximum de webhooks", "", "the company has its one webhook", "re-activate it, or delete it first"},
	{"url de webhook", "", "the endpoint is not a public https address", "give another address"},
	{"token must be", "", "the secret of a webhook has 20 to 100 characters", "give another secret"},
}
