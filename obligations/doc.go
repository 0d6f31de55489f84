// Package obligations is the law as data: which duties follow from an event of a
// batch, for whom, by which paragraph, and until when (rules_*.go, sweden.go,
// france.go); and what a declaration must say, whatever registry is told of it
// (validate*.go). What one registry would refuse, its client's Check tells.
//
// Everything here is a pure function of its arguments, so that workflows may call
// and replay it: there is no clock, no file and no state, and the time zones are
// embedded.
//
// # Roles in Sweden
//
// The notes of Avfallsförordningen (2020:614), ch. 6, follow from the declaration:
//
//	§ 1, producer        the first leg starts in Sweden
//	§ 2, transporter     a leg starts in Sweden, and its transporter neither sends the waste off nor collects it
//	§ 3 p. 1, collector  receiver.role is collector; the batch then ends treated by R12, R13 or D13 to D15
//	§ 3 p. 2, collector  legs.0.consignor.role is collector; predecessor or predecessors name what it had received
//	§ 4, dealer, broker  deals, each with a trader of that role that reports nothing else of the batch
//	§ 5 p. 1, treater    the last leg ends in Sweden, and the receiver is no collector
//	§ 5 p. 2, treater    the same, once treated: compiled by quarter, see Results
//	§ 5 p. 3, treater    legs.0.consignor.role is treater, and it is not the producer
//	§§ 21-24, households origin is household; legs.0.from.site and the other sites, and municipal on the leg, say which exceptions apply
//
// It makes no difference whether the party reports itself or an agent (ombud) does
// it for the party; sluss.Declaration.Obliged tells whose duty it is.
package obligations
