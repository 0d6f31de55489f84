package trackdechets

import (
	"fmt"
	"slices"
)

// node is one entry of a list with cursors.
type node struct {
	cursor string
	value  any
}

// connection cuts the page asked for out of a list, as the Connection types of the schema.
func connection(args map[string]any, nodes []node, usual, most int) (any, error) {
	first, forward := number(args, "first")
	last, backward := number(args, "last")
	for name, size := range map[string]float64{"first": first, "last": last} {
		if int(size) > most {
			return nil, invalid([]string{fmt.Sprintf("`%s` doit être inférieur à %d", name, most)})
		}
		if size < 0 {
			return nil, invalid([]string{"`" + name + "` doit être positif"})
		}
	}
	total := len(nodes)
	position := func(cursor string) int {
		return slices.IndexFunc(nodes, func(n node) bool { return n.cursor == cursor })
	}
	from, to := 0, total
	if cursor := text(args, "after"); cursor != "" {
		from = position(cursor) + 1
	}
	if cursor := text(args, "before"); cursor != "" {
		to = max(from, position(cursor))
	}
	switch {
	case forward:
		to = min(to, from+int(first))
	case backward:
		from = max(from, to-int(last))
	default:
		to = min(to, from+usual)
	}
	edges := []any{}
	page := map[string]any{"hasNextPage": to < total, "hasPreviousPage": from > 0, "startCursor": nil, "endCursor": nil}
	for _, n := range nodes[from:to] {
		edges = append(edges, map[string]any{"cursor": n.cursor, "node": n.value})
	}
	if to > from {
		page["startCursor"], page["endCursor"] = nodes[from].cursor, nodes[to-1].cursor
	}
	return map[string]any{"totalCount": float64(total), "pageInfo": page, "edges": edges}, nil
}
