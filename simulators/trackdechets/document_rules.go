package trackdechets

import (
	"fmt"
	"slices"
	"strings"

	"sluss/registries/numbers"
)

// issue is one fault of a document, with the path of the field.
type issue struct {
	path    string
	message string
}

// issuesError is the refusal that lists every fault, in the message and in extensions.issues.
func issuesError(issues []issue) error {
	if len(issues) == 0 {
		return nil
	}
	messages := make([]string, len(issues))
	listed := make([]any, len(issues))
	for i, found := range issues {
		messages[i] = found.message
		path := []any{}
		for part := range strings.SplitSeq(found.path, ".") {
			path = append(path, part)
		}
		listed[i] = map[string]any{"code": "custom", "path": path, "message": found.message}
	}
	return &refusal{code: codeBadUserInput, message: strings.Join(messages, "\n"), bare: true, extra: map[string]any{"issues": listed}}
}

func requiredIssues(paths []string) []issue {
	issues := make([]issue, len(paths))
	for i, path := range paths {
		issues[i] = issue{path, fmt.Sprintf("Le champ %s est obligatoire.", path)}
	}
	return issues
}

// documentIssues lists what is malformed on a document, complete or not.
func (b *Backend) documentIssues(k *documentKind, r *Record) []issue {
	var issues []issue
	when := func(broken bool, path, format string, args ...any) {
		if broken {
			issues = append(issues, issue{path, fmt.Sprintf(format, args...)})
		}
	}
	for _, role := range []string{"emitter", "worker", "destination", "transporter", "broker", "trader", "destination.operation.nextDestination"} {
		path := role + ".company.siret"
		if siret := text(r.Data, path); siret != "" {
			when(!validSiret(siret), path, "%s n'est pas un numéro de SIRET valide", siret)
			when(b.companies[siret].Dormant, path, "L'établissement avec le SIRET %s est en sommeil sur Trackdéchets", siret)
		}
	}
	if siret := text(r.Data, "destination.company.siret"); siret != "" && validSiret(siret) {
		_, registered := b.companies[siret]
		when(!registered, "destination.company.siret", "L'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets", siret)
	}
	hauliers := objects(r.Data, "transporters")
	if single := object(r.Data, "transporter"); single != nil {
		hauliers = append(hauliers, single)
	}
	for _, haulier := range hauliers {
		siret, vat := text(haulier, "company.siret"), text(haulier, "company.vatNumber")
		when(siret != "" && !validSiret(siret), "transporter.company.siret", "%s n'est pas un numéro de SIRET valide", siret)
		when(numbers.IsFrenchVAT(vat), "transporter.company.vatNumber",
			"Impossible d'utiliser le numéro de TVA pour un établissement français, veuillez renseigner son SIRET uniquement")
		when(siret != "" && validSiret(siret) && !truth(haulier, "recepisse.isExempted") && !slices.Contains(b.companies[siret].Types, "TRANSPORTER"),
			"transporter.company.siret", "Le transporteur saisi sur le bordereau (SIRET: %s) n'est pas inscrit sur Trackdéchets en tant qu'entreprise de transport", siret)
		plates := list(haulier, "transport.plates")
		when(len(plates) > 2, "transporter.transport.plates", "Un maximum de 2 plaques d'immatriculation est accepté")
		for _, entry := range plates {
			plate, _ := entry.(string)
			when(len(plate) < 4 || len(plate) > 12, "transporter.transport.plates", "Le numéro de plaque d'immatriculation doit faire entre 4 et 12 caractères")
		}
	}
	codePath := "waste.code"
	if k.name == "Bsvhu" {
		codePath = "wasteCode"
	}
	code := text(r.Data, codePath)
	when(code != "" && !slices.Contains(k.codes, code), codePath, "Le code déchet %s ne fait pas partie de la liste reconnue pour ce bordereau : %s", code, strings.Join(k.codes, ", "))
	for _, path := range []string{"destination.plannedOperationCode", "destination.operation.code"} {
		planned := text(r.Data, path)
		when(planned != "" && len(k.operations) > 0 && !slices.Contains(k.operations, planned), path,
			"Le code d'opération %s ne fait pas partie de la liste reconnue : %s", planned, strings.Join(k.operations, ", "))
	}
	if k.name == "Bsda" {
		done, received := text(r.Data, "destination.operation.date"), text(r.Data, "destination.reception.date")
		when(done > formatTime(b.now()) && done != "", "destination.operation.date", "La date d'opération ne peut pas être dans le futur.")
		when(done != "" && received != "" && done < received, "destination.operation.date", "La date d'opération doit être postérieure à la date de réception.")
	}
	return issues
}

// haulageIssues lists what keeps one of several transporters from signing.
func (b *Backend) haulageIssues(k *documentKind, haulier map[string]any) []issue {
	var issues []issue
	when := func(broken bool, path string) {
		if broken {
			issues = append(issues, issue{path, fmt.Sprintf("Le champ %s est obligatoire.", path)})
		}
	}
	for _, field := range []string{"name", "address", "contact", "phone", "mail"} {
		when(text(haulier, "company."+field) == "", "transporter.company."+field)
	}
	mode := text(haulier, "transport.mode")
	if mode == "" && k.name == "Bsvhu" {
		mode = "ROAD"
	}
	when(mode == "", "transporter.transport.mode")
	when(mode == "ROAD" && len(list(haulier, "transport.plates")) == 0, "transporter.transport.plates")
	if mode == "ROAD" && !truth(haulier, "recepisse.isExempted") && !isForeign(object(haulier, "company")) {
		for _, field := range []string{"number", "department", "validityLimit"} {
			when(text(haulier, "recepisse."+field) == "", "transporter.recepisse."+field)
		}
	}
	return issues
}
