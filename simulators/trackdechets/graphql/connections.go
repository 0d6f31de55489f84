package graphql

import (
	"fmt"
	"slices"

	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// Node is one entry of a list with cursors.
type Node struct {
	Cursor string
	Value  any
}

// Cut says which entries of a list were asked for, by `first` or `last`, by `skip`, and by the cursors in two arguments. An
// unknown cursor gives none. Usually a page has as many entries as it says, and never more than most.
func Cut(args map[string]any, nodes []Node, after, before string, usual, most int) (from, to int, err error) {
	first, forward := tree.Number(args, "first")
	last, backward := tree.Number(args, "last")
	for _, size := range []struct {
		name  string
		value float64
	}{{"first", first}, {"last", last}} {
		if int(size.value) > most {
			return 0, 0, refusal.Invalid([]string{fmt.Sprintf("`%s` doit être inférieur à %d", size.name, most)})
		}
		if size.value < 0 || (size.value == 0 && args[size.name] != nil) {
			return 0, 0, refusal.Invalid([]string{"`" + size.name + "` doit être positif"})
		}
	}
	switch { // one page goes either forward from a cursor, or backward from one
	case forward && backward:
		return 0, 0, refusal.BadInput("L'utilisation simultanée de `first` et `last` n'est pas supportée")
	case tree.Text(args, after) != "" && tree.Text(args, before) != "":
		return 0, 0, refusal.BadInput(fmt.Sprintf("L'utilisation simultanée de `%s` et `%s` n'est pas supportée", after, before))
	case forward && tree.Text(args, before) != "":
		return 0, 0, refusal.BadInput(fmt.Sprintf("`first` ne peut pas être utilisé en conjonction avec `%s`", before))
	case backward && tree.Text(args, after) != "":
		return 0, 0, refusal.BadInput(fmt.Sprintf("`last` ne peut pas être utilisé en conjonction avec `%s`", after))
	}
	skip, _ := tree.Number(args, "skip")
	if skip < 0 {
		return 0, 0, refusal.Internal() // as the real service does
	}
	to = len(nodes)
	for _, name := range []string{after, before} {
		cursor := tree.Text(args, name)
		if cursor == "" {
			continue
		}
		switch place := slices.IndexFunc(nodes, func(n Node) bool { return n.Cursor == cursor }); {
		case place < 0:
			return 0, 0, nil
		case name == after:
			from = place + 1
		default:
			to = max(from, place)
		}
	}
	from = min(to, from+int(skip))
	switch {
	case forward:
		to = min(to, from+int(first))
	case backward:
		from = max(from, to-int(last))
	default:
		to = min(to, from+usual)
	}
	return from, to, nil
}

// Connection cuts the page asked for out of a list, as the Connection types of the schema.
func Connection(args map[string]any, nodes []Node, usual, most int) (any, error) {
	from, to, err := Cut(args, nodes, "after", "before", usual, most)
	if err != nil {
		return nil, err
	}
	edges := []any{}
	page := map[string]any{"hasNextPage": to < len(nodes), "hasPreviousPage": from > 0, "startCursor": nil, "endCursor": nil}
	for _, n := range nodes[from:to] {
		edges = append(edges, map[string]any{"cursor": n.Cursor, "node": n.Value})
	}
	if to > from {
		page["startCursor"], page["endCursor"] = nodes[from].Cursor, nodes[to-1].Cursor
	}
	return map[string]any{"totalCount": float64(len(nodes)), "pageInfo": page, "edges": edges}, nil
}
