package documents

import (
	"cmp"
	"encoding/json"

	"sluss/registries/trackdechets/wire"
)

// Operations are the texts of all calls that are made here.
func Operations() (texts []string, err error) {
	add := func(into any, fields ...string) {
		more, unknown := wire.OperationsInto(into, fields...)
		texts, err = append(texts, more...), cmp.Or(err, unknown)
	}
	for _, k := range kinds {
		for _, verb := range []string{"create", "createDraft", "update", "publish", "delete", "sign"} {
			add(document{}, verb+k.name)
		}
		add(document{}, k.query())
		add(wire.Connection[document]{}, k.query()+"s(where first after)")
		add(wire.File{}, k.query()+"Pdf")
		if k.several {
			add(piece{}, "create"+k.name+"Transporter", "update"+k.name+"Transporter", "delete"+k.name+"Transporter")
		}
		if k.revised {
			add(revision{}, "create"+k.name+"RevisionRequest", "submit"+k.name+"RevisionRequestApproval", "cancel"+k.name+"RevisionRequest")
			add(wire.Connection[revision]{}, k.query()+"RevisionRequests")
		}
	}
	add(document{}, "signBsdasriEmissionWithSecretCode")
	add(piece{}, "updateBsffPackaging", "createFicheInterventionBsff")
	return texts, err
}

// piece is what belongs to a document and has an id of its own. A deletion answers the
// id alone.
type piece struct {
	ID string `json:"id"`
}

// UnmarshalJSON reads either.
func (p *piece) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &p.ID) == nil {
		return nil
	}
	type plain piece
	return json.Unmarshal(data, (*plain)(p))
}
