package obligations

import (
	"maps"
	"slices"

	"sluss"
)

// Compiled are the results of all quarters that the batches were treated in,
// the earliest first; see Results. What came of the waste is not in a batch, so
// it is left for the treater to tell.
func Compiled(batches []sluss.TreatedBatch) []sluss.Content {
	quarters := map[sluss.Quarter][]Treated{}
	for _, b := range batches {
		if e, ok := find(b.Events, sluss.Treated); ok {
			q := QuarterOf(e.At)
			quarters[q] = append(quarters[q], Treated{Declaration: b.Declaration, Events: b.Events})
		}
	}
	var owed []sluss.Content
	for _, q := range slices.SortedFunc(maps.Keys(quarters), compareQuarters) {
		owed = append(owed, Results(q, quarters[q])...)
	}
	return owed
}

func compareQuarters(a, b sluss.Quarter) int {
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return 0
}
