package sluss

import "fmt"

// Route is the planned route of a batch: the legs in their order, each with who hands
// the waste over and who takes it over. Leg number n
// is at index n-1.
type Route []RouteLeg

// RouteLeg is one leg of a route.
type RouteLeg struct {
	Leg        // as declared; its Storage is set if the waste is stored where the leg ends
	Number int // counted from 1, as in events and obligations
	// HandsOver is who hands the waste over at the start: the leg's consignor if
	// one is declared, else the producer (first leg) or the transporter of the leg
	// before.
	HandsOver Holder
	Carrier   Holder // the transporter
	// TakesOver is who takes the waste over at the end: the receiver (last leg), else
	// the consignor of the next leg if one is declared, else its transporter.
	TakesOver Holder
	// Departs is the id of the event with which the leg starts, and Follows that of
	// the event after which it may start: produced, the start of the leg before,
	// or the acceptance at a storage.
	Departs, Follows EventID
	Last             bool // it ends at the receiver
}

// Holder is a party that holds the waste at some time.
type Holder struct {
	Party
	Path string // in the declaration, such as "legs.0.transporter"
}

// Route derives the route from the declaration. It is empty if there is no leg.
func (d Declaration) Route() Route {
	route := make(Route, len(d.Legs))
	holder, follows := Holder{d.Producer, "producer"}, EventID(Produced)
	for i, leg := range d.Legs {
		l := RouteLeg{Leg: leg, Number: i + 1, HandsOver: holder, Departs: Departure(i + 1), Follows: follows, Last: i == len(d.Legs)-1}
		if leg.Consignor != nil {
			l.HandsOver = Holder{*leg.Consignor, fmt.Sprintf("legs.%d.consignor", i)}
		}
		l.Carrier = Holder{leg.Transporter, fmt.Sprintf("legs.%d.transporter", i)}
		if l.Last {
			l.TakesOver = Holder{d.Receiver, "receiver"}
		}
		if i > 0 {
			route[i-1].TakesOver = l.Carrier
			if leg.Consignor != nil {
				route[i-1].TakesOver = l.HandsOver
			}
		}
		holder, follows = l.Carrier, l.Departs
		if leg.Storage != nil {
			follows = NewEventID(WasteAccepted, l.Number)
		}
		route[i] = l
	}
	return route
}

// Leg is the leg of that number; false if there is none.
func (r Route) Leg(number int) (RouteLeg, bool) {
	if number < 1 || number > len(r) {
		return RouteLeg{}, false
	}
	return r[number-1], true
}

// Starts tells whether leg number n exists and starts in a country.
func (r Route) Starts(n int, country string) bool {
	l, ok := r.Leg(n)
	return ok && l.From.Country == country
}

// Ends tells whether the last leg ends in a country.
func (r Route) Ends(country string) bool {
	l, ok := r.Leg(len(r))
	return ok && l.To.Country == country
}

// Within tells whether the leg starts and ends in a country.
func (l Leg) Within(country string) bool {
	return l.From.Country == country && l.To.Country == country
}

// Consignor is who hands the waste over at the start of leg number leg, which
// must exist; see RouteLeg.HandsOver.
func (d Declaration) Consignor(leg int) Party { return d.Route()[leg-1].HandsOver.Party }

// Consignee is who takes the waste over at the end of leg number leg, which
// must exist; see RouteLeg.TakesOver.
func (d Declaration) Consignee(leg int) Party { return d.Route()[leg-1].TakesOver.Party }
