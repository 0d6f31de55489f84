package avfallsregistret

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"sluss"
)

// Differing are the values, by path in the declaration, that a note must be
// corrected with to tell what it would if it were made of another declaration;
// none, where it would tell the same. It calls nobody. The error is that of
// Submit, of a content that is no note.
func Differing(filed sluss.Content, now sluss.Declaration) (map[string]string, error) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return nil, err
	}
	nobody := &Client{zone: zone}
	// told is the note with other values in it; nothing, where they cannot be.
	told := func(set map[string]string) []byte {
		c, err := filed.Corrected(set)
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
		return nil, err
	}
	differ := filed.Declaration.Differences(now)
	differing := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(differ)) {
		alone := map[string]string{path: differ[path]}
		switch body := told(alone); {
		case body == nil:
			delete(differ, path)
		case !bytes.Equal(body, m.body):
			differing[path] = differ[path]
		}
	}
	if bytes.Equal(told(differing), told(differ)) {
		return differing, nil
	}
	return differ, nil // some of them tell something only together
}
