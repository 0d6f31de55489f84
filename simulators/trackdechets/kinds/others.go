package kinds

import (
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/tree"
)

// What the kinds that are signed share.

const initial records.Status = "INITIAL"

// parties5 are where companies stand on them.
var parties5 = []Party{
	{"EMITTER", "emitter.company"},
	{"WORKER", "worker.company"},
	{"RECIPIENT", "destination.company"},
	{"TRANSPORTER", "transporter.company"},
	{"BROKER", "broker.company"},
	{"TRADER", "trader.company"},
	{"RECIPIENT", nextDestination + ".company"},
	{"ECO_ORGANISME", "ecoOrganisme"},
	{"TRANSPORTER", "transporters.company"},
	{"INTERMEDIARY", "intermediaries"},
}

// common are the words of most kinds.
var common = Says{
	NotFound:     "Le bordereau avec l'identifiant \"%s\" n'existe pas.",
	Read:         "Vous n'êtes pas autorisé à accéder à ce bordereau",
	Create:       "Vous ne pouvez pas créer un bordereau sur lequel votre entreprise n'apparait pas",
	Update:       "Vous ne pouvez pas modifier un bordereau sur lequel votre entreprise n'apparait pas",
	Leave:        "Vous ne pouvez pas enlever votre établissement du bordereau",
	Delete:       "Vous n'êtes pas autorisé à supprimer ce bordereau",
	DeleteLate:   "Seuls les bordereaux en brouillon ou en attente de collecte peuvent être supprimés",
	DeleteSigned: "Le producteur a signé ce bordereau, il est le seul à pouvoir le supprimer.",
	Duplicate:    "Vous n'êtes pas autorisé à dupliquer ce bordereau",
	PublishTwice: "Impossible de publier un bordereau qui n'est pas un brouillon",
	Required:     "%s est un champ requis.",
	Sealed:       "%s a été verrouillé via signature et ne peut pas être modifié.",
	SealedAll:    "Des champs ont été verrouillés via signature et ne peuvent plus être modifiés : ",
}

// words are the common ones, with those of a kind in their place.
func words(own func(*Says)) Says {
	says := common
	own(&says)
	return says
}

// formatted is the check's time as documents have it.
func formatted(c *Check) string { return tree.FormatTime(c.Now) }

// IsSynthesis tells a BSDASRI that its transporter makes of several.
func IsSynthesis(d *Document) bool { return d.Text("type") == "SYNTHESIS" }
