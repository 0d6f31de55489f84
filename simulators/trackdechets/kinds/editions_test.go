package kinds

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// said are the conditions of the registry's own tables in the words of ours; of several any will do, as the recordings show
// more than the tables say.
var said = map[string][]string{
	"-":                                   {"-", "notSynthesis", "atReception", "direct"},
	"l'émetteur n'est pas un particulier": {"company"},
	"il y a un SIRET d'éco-organisme":     {"sameSiret"},
	"il y a un Name d'éco-organisme":      {"sameName"},

	"le déchet est refusé ou partiellement refusé": {"refused"},

	"le déchet n'est pas refusé":                 {"notRefused"},
	"il y a un code d'opération final renseigné": {"finalOperation"},
	"si opération finale":                        {"finalOperation"},
	"il y a un SIRET d'exutoire":                 {"nextSiret"},
	"le BSDA n'est pas une collection 2710 et il n'y a pas d'entreposage provisoire": {"direct"},
	"il s'agit d'une collecte sur un chantier et workerIsDisabled est à true":        {"worker"},
	"il s'agit de travaux relevant de la sous-section 3":                             {"sectionThree"},
	"un courtier est désigné sur le bordereau":                                       {"designated"},
	"il y a un SIRET de courtier":                                                    {"sameSiret", "designated"},
	"il n'y a pas d'éco-organisme visé sur le bordereau":                             {"ownEmitter"},
	"le transporteur n'a pas de numéro de TVA renseigné":                             {"noVAT"},
	"le transporteur n'a pas de SIRET renseigné":                                     {"noSiret"},
	"le transporteur est FR et non exempt de récépissé":                              {"receipt"},
	"S'il ne s'agit pas d'un bordereau de synthèse":                                  {"notSynthesis"},
	"En cas de transport routier":                                                    {"road"},
	"le transport est routier":                                                       {"road"},
	"il ne s'agit ni d'un groupement ni d'une réexpédition":                          {"ownPackagings"},
	"il s'agit d'une réexpédition":                                                   {"REEXPEDITION"},
	"il s'agit d'un groupement":                                                      {"GROUPEMENT"},
	"il s'agit d'un reconditionnement":                                               {"RECONDITIONNEMENT"},
	"le poids du déchet n'est pas renseigné":                                         {"unweighed"},
	"il y a un SIRET émetteur":                                                       {"hasSiret"},
	"il n'y a pas street/city/postalCode":                                            {"unsplitAddress"},
	"il n'y a pas d'adresse":                                                         {"noAddress"},
	"emitter.noSiret est false":                                                      {"hasSiret"},
	"emitter.emitterIrregularSituation est false":                                    {"regular"},
	"le conditionnement est à l'unité":                                               {"unit"},
	"le BSVHU a été créé après la MàJ 2024.10.1":                                     {"-"},
}

// recordedOtherwise are lines in which the registry answers otherwise than its tables say, as recorded.
var recordedOtherwise = map[string]string{
	"bsvhu destination.plannedOperationCode":      "not required",
	"bspaoh emitter.emission.detail.weight.value": "not required: a number of parts is enough",
	"bsda waste.consistenceDescription":           "required only where the consistence is another",
	"bsda worker.isDisabled":                      "a truth value that is not given is false",
	"bsda transporters":                           "required by the transport, which a collection 2710 has not; see the condition",
}

var stepWords = strings.NewReplacer(
	"EMISSION ou WORK si il y a une entreprise de travaux", emissionOrWork,
	"jamais si c'est une collection 2710, EMISSION si l'émetteur est un particulier et il n'y a pas d'entreprise de travaux, TRANSPORT sinon", "TRANSPORT",
	" ou TRANSPORT lors de l'ajout/suppression d'entreposage provisoire", "", // see Changed
	"TRANSPORT_5", "RECEPTION", // the fifth has signed before the reception
)

// severalInOne are paths that the registry's tables have for several fields, or for a signature.
var severalInOne = []string{"transporter.transport", "transporter.recepisse", "destination.reception", "destination.reception.detail.receivedWeight"}

// Every line of the registry's own tables is in ours: the name, the step that requires the field and on what condition, the step
// that seals it, for everybody and for the emitter.
func TestFieldsAreThoseOfTheRegistry(t *testing.T) {
	if err := Load(); err != nil {
		t.Fatal(err)
	}
	for _, k := range All[1:] {
		file := "../../../../shared/data/trackdechets-edition-rules/" + k.file() + ".md"
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Skipf("the reference folder is not here: %v", err)
		}
		rows := 0
		for row := range strings.Lines(string(raw)) {
			cells := strings.Split(row, "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			if len(cells) < 8 || cells[2] == "-" || cells[1] == "Nom du champ" || strings.HasPrefix(cells[1], "---") || slices.Contains(severalInOne, cells[2]) {
				continue
			}
			rows++
			if problem := k.differs(cells[1:7]); problem != "" && recordedOtherwise[k.file()+" "+cells[2]] == "" {
				t.Errorf("%s %s: %s", k.file(), cells[2], problem)
			}
		}
		if rows < 20 {
			t.Errorf("%s has %d rows", file, rows)
		}
	}
}

// differs says in what the lines of our table for a path are not those of the registry's; empty if one of them is.
func (k *Kind) differs(theirs []string) string {
	if theirs[0] == "Le poids du déchet refusé" && k == BSDASRI { // it stands there with the path of the reason
		theirs = slices.Concat(theirs[:1], []string{"destination.reception.acceptation.refusedWeight"}, theirs[2:])
	}
	name, path, required, condition, sealed := capital(theirs[0]), theirs[1], stepWords.Replace(theirs[2]), theirs[3], stepWords.Replace(theirs[4])
	if theirs[5] == "l'utilisateur n'est pas l'émetteur (TRANSPORT pour l'émetteur)" {
		sealed += " ou TRANSPORT si émetteur"
	}
	problem := "it is missing"
	for _, f := range k.fields {
		if f.Path != path {
			continue
		}
		ours := f.Sealed
		if f.SealedForEmitter != "-" {
			ours += " ou " + f.SealedForEmitter + " si émetteur"
		}
		switch {
		case ours != sealed:
			problem = fmt.Sprintf("sealed by %s, the registry says %s", ours, sealed)
		case f.Required != required:
			problem = fmt.Sprintf("required by %s, the registry says %s", f.Required, required)
		case required != "-" && len(said[condition]) == 0:
			problem = fmt.Sprintf("nobody has said what %q is", condition)
		case required != "-" && !slices.Contains(said[condition], f.Condition):
			problem = fmt.Sprintf("required if %s, the registry says %q", f.Condition, condition)
		case f.Name != name && name != "-" && !strings.HasPrefix(f.Name, "="):
			problem = fmt.Sprintf("it is called %q, the registry says %q", f.Name, name)
		default:
			return ""
		}
	}
	return problem
}
