package trackdechets

import (
	"fmt"
	"slices"
	"strings"
)

// A BSFF is accepted and treated packaging by packaging.

// numbered gives packagings their ids; those that were there before keep theirs, by place.
func numbered(sent, before []any) []any {
	for i, entry := range sent {
		packaging, _ := entry.(map[string]any)
		packaging["id"] = newID()
		if i < len(before) {
			old, _ := before[i].(map[string]any)
			packaging["id"] = old["id"]
		}
	}
	return sent
}

// namePackagings names those of a BSPAOH as the register does, by their place.
func namePackagings(r *Record) {
	for i, packaging := range objects(r.Data, "waste.packagings") {
		packaging["id"] = fmt.Sprintf("packaging_%d", i)
	}
}

// following is the packaging of a new document that goes on from one of an older.
func following(packaging map[string]any) map[string]any {
	next := map[string]any{"id": newID(), "previous": []any{packaging["id"]}}
	for _, key := range []string{"type", "other", "volume", "numero", "weight"} {
		next[key] = packaging[key]
	}
	if weight, ok := number(packaging, "acceptation.weight"); ok {
		next["weight"] = weight
	}
	return next
}

// packaging finds a packaging with a copy of its BSFF.
func (b *Backend) packaging(id string) (*Record, map[string]any) {
	for _, candidate := range b.books.newestRecords("Bsff") {
		for i, packaging := range objects(candidate.Data, "packagings") {
			if text(packaging, "id") == id {
				r := candidate.clone()
				return r, objects(r.Data, "packagings")[i]
			}
		}
	}
	return nil, nil
}

// updatePackaging writes down what became of one packaging; the destination does, and signs it afterwards.
func (b *Backend) updatePackaging(c *call) (any, error) {
	id := text(c.args, "id")
	r, packaging := b.packaging(id)
	if r == nil {
		return nil, badInput(fmt.Sprintf("Le contenant %s n'existe pas", id))
	}
	company := c.user.actsFor([]string{companyID(r.Data, "destination.company")}, mayUpdate)
	if company == "" {
		return nil, forbidden("Vous n'êtes pas autorisé à modifier ce contenant")
	}
	input := object(c.args, "input")
	for _, key := range []string{"acceptation", "operation"} {
		if input[key] != nil && text(packaging, key+".signature.date") != "" {
			return nil, forbidden("Des champs ont été verrouillés via signature et ne peuvent plus être modifiés : " + key)
		}
	}
	merge(packaging, input)
	if _, err := b.commitDocument(kindOf("Bsff"), c, r, company, input); err != nil {
		return nil, err
	}
	return b.packagingWire(r, packaging), nil
}

// byPackaging: these signatures of a BSFF may be made again, for another packaging.
func (k *documentKind) byPackaging(r *Record, kind string) bool {
	return k.name == "Bsff" && (kind == "ACCEPTATION" || kind == "OPERATION") && len(unsigned(r, kind, "")) > 0
}

// stageOf is the object on a packaging that a signature is about.
func stageOf(kind string) string { return strings.ToLower(kind) }

// unsigned are the packagings that a signature is about: the one named, or all that still lack it.
func unsigned(r *Record, kind, id string) []map[string]any {
	return slices.DeleteFunc(objects(r.Data, "packagings"), func(packaging map[string]any) bool {
		refused := kind == "OPERATION" && text(packaging, "acceptation.status") == "REFUSED"
		return refused || text(packaging, stageOf(kind)+".signature.date") != "" || (id != "" && text(packaging, "id") != id)
	})
}

// packagingIssues: what is signed must have been written down.
func packagingIssues(r *Record, kind, id string) []issue {
	if kind != "ACCEPTATION" && kind != "OPERATION" {
		return nil
	}
	var issues []issue
	for _, packaging := range unsigned(r, kind, id) {
		if text(packaging, stageOf(kind)+".date") == "" {
			issues = append(issues, issue{"packagings." + stageOf(kind) + ".date", fmt.Sprintf("Contenant %s : le champ %s.date est obligatoire.", text(packaging, "numero"), stageOf(kind))})
		}
	}
	return issues
}

// signPackagings signs packagings, and moves the document once none is left.
func signPackagings(r *Record, kind, id string, stamp map[string]any) {
	for _, packaging := range unsigned(r, kind, id) {
		put(packaging, stageOf(kind)+".signature", clone(stamp))
	}
	if len(unsigned(r, kind, "")) > 0 {
		return
	}
	packagings := objects(r.Data, "packagings")
	refused, intermediate := 0, 0
	for _, packaging := range packagings {
		switch {
		case text(packaging, "acceptation.status") == "REFUSED":
			refused++
		case isIntermediate(text(packaging, "operation.code")):
			intermediate++
		}
	}
	switch {
	case kind == "OPERATION" && intermediate > 0:
		r.Status = "INTERMEDIATELY_PROCESSED"
	case kind == "OPERATION":
		r.Status = "PROCESSED"
	case refused == len(packagings):
		r.Status = "REFUSED"
	case refused > 0:
		r.Status = "PARTIALLY_REFUSED"
	default:
		r.Status = "ACCEPTED"
	}
}

// cascadePackagings ends the BSFF whose last packagings have come to their end in this one.
func (b *Backend) cascadePackagings(r *Record) []*Record {
	if r.Status != "PROCESSED" {
		return nil
	}
	done := map[string]bool{}
	for _, packaging := range objects(r.Data, "packagings") {
		for _, id := range list(packaging, "previous") {
			name, _ := id.(string)
			done[name] = true
		}
	}
	var ended []*Record
	for _, candidate := range b.books.newestRecords("Bsff") {
		packagings := objects(candidate.Data, "packagings")
		concerned := slices.ContainsFunc(packagings, func(p map[string]any) bool { return done[text(p, "id")] })
		if !concerned || candidate.Status != "INTERMEDIATELY_PROCESSED" {
			continue
		}
		open := slices.ContainsFunc(packagings, func(p map[string]any) bool {
			id := text(p, "id")
			return isIntermediate(text(p, "operation.code")) && !done[id] && b.nextDone(id) == nil
		})
		if !open {
			initial := candidate.clone()
			initial.Status = "PROCESSED"
			ended = append(ended, initial)
			ended = append(ended, b.cascadePackagings(initial)...)
		}
	}
	return ended
}

// nextDone is the BSFF in which a packaging has come to its end.
func (b *Backend) nextDone(id string) *Record {
	if next := b.nextBsff(id); next != nil && next.Status == "PROCESSED" {
		return next
	}
	return nil
}

// nextBsff is the BSFF in which a packaging goes on.
func (b *Backend) nextBsff(id string) *Record {
	for _, r := range b.books.newestRecords("Bsff") {
		for _, key := range []string{"grouping", "forwarding", "repackaging"} {
			if slices.Contains(list(r.Data, key), any(id)) {
				return r
			}
		}
	}
	return nil
}
