package avfallsregistret

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"sluss"
)

// Differing returns what a filed note must be corrected by so that it says what a note
// would say that is made from the declaration and the events of the other content. It is
// empty if the note already does. It makes no calls. The error is sluss.ErrOperator if the
// content is not a note.
func Differing(filed, now sluss.Content) (sluss.Correction, error) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return sluss.Correction{}, err
	}
	nobody := &Client{zone: zone}
	// told is the body of the note after a change; nil if it cannot be changed so.
	told := func(change sluss.Correction) []byte {
		c, err := filed.Changed(change)
		if err != nil {
			return nil
		}
		m, err := nobody.message(c)
		if err != nil {
			return nil
		}
		return m.body
	}
	m, err := nobody.message(filed)
	if err != nil {
		return sluss.Correction{}, err
	}
	all := filed.Declaration.Changes(now.Declaration)
	maps.Copy(all.Set, sluss.EventDifferences(filed.Events, now.Events))
	if len(all.Remove)+len(all.Add) > 0 {
		return needed(all, m.body, told), nil
	}
	differing := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(all.Set)) {
		alone := map[string]string{path: all.Set[path]}
		switch body := told(sluss.Correction{Set: alone}); {
		case body == nil:
			delete(all.Set, path)
		case !bytes.Equal(body, m.body):
			differing[path] = all.Set[path]
		}
	}
	if bytes.Equal(told(sluss.Correction{Set: differing}), told(all)) {
		return sluss.Correction{Set: differing}, nil
	}
	return all, nil // some of them change the note only in combination
}

// needed is what of a change the note tells: its list items if they matter, and the values
// without which it would say something else.
func needed(all sluss.Correction, filed []byte, told func(sluss.Correction) []byte) sluss.Correction {
	want := told(all)
	if want == nil || bytes.Equal(want, filed) {
		return sluss.Correction{}
	}
	// Values at paths that the items move are not the same without the items.
	all.Set = maps.Clone(all.Set)
	for _, path := range slices.Sorted(maps.Keys(all.Set)) {
		value := all.Set[path]
		if delete(all.Set, path); !bytes.Equal(told(all), want) {
			all.Set[path] = value
		}
	}
	return all
}
