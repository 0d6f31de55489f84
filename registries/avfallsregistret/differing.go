package avfallsregistret

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"sluss"
)

// Differing returns the values, by path in the content, with which a filed note must be
// corrected so that it says what a note would say that is made from the declaration and
// the events of the other content. It is empty if the note already does. It makes no
// calls. The error is sluss.ErrOperator if the content is not a note.
func Differing(filed, now sluss.Content) (map[string]string, error) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return nil, err
	}
	nobody := &Client{zone: zone}
	// told is the body of the note with other values set; nil if they cannot be set.
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
	differ := filed.Declaration.Differences(now.Declaration)
	maps.Copy(differ, sluss.EventDifferences(filed.Events, now.Events))
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
	return differ, nil // some of them change the note only in combination
}
