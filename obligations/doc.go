// Package obligations is the law as data: which duties an event in the life of
// a batch puts on whom, by which paragraph, and until when; and what a batch
// must look like for the registries of its countries to take its reports.
//
// Everything here is a pure function of its arguments, so workflows may call
// it and replay it: no clock, no file, no state, and time zones that come with
// the package instead of with the machine.
package obligations
