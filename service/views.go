package service

import (
	"sluss/ledger"
	"sluss/registries/avfallsregistret"
	"sluss/registries/trackdechets/documents"
	"sluss/registries/trackdechets/wire"
	"sluss/workflows"
)

// Types of the ledger, the workflows and the registries that the service shows, under
// the names that its API uses.
type (
	// BatchFilter chooses batches; a zero field chooses all.
	BatchFilter = ledger.BatchFilter
	// BatchRow is a batch in a list.
	BatchRow = ledger.BatchRow
	// InboxFilter chooses filings; a zero field chooses all.
	InboxFilter = ledger.InboxFilter
	// TimelineLine is one line of the record of a batch.
	TimelineLine = ledger.TimelineLine
	// FiledReport is an accepted report with all its versions.
	FiledReport = ledger.FiledReport
	// Version is one version of a report.
	Version = ledger.Version
	// Chain is the predecessors and successors of a batch.
	Chain = ledger.Chain
	// LinkedBatch is a predecessor or successor of a batch.
	LinkedBatch = ledger.LinkedBatch
	// Attempt is a call of a registry for a filing.
	Attempt = ledger.Attempt
	// Quota is the state of a registry's quota, with a forecast for its queue.
	Quota = ledger.Quota
	// LimitUsed is one rate limit, and how much of it is used.
	LimitUsed = ledger.Used
	// Miss is a filing that will be late.
	Miss = ledger.Miss
	// Usage is who called a registry how often.
	Usage = ledger.Usage
	// WhatIf is a number of further calls to add to a forecast.
	WhatIf = ledger.WhatIf
	// FilingState is the state of a filing, as its workflow gives it.
	FilingState = workflows.FilingState
	// KeptEvent is an event of an open batch that was reported before it could be taken.
	KeptEvent = ledger.KeptEvent
	// EventReply has the obligations that follow from an event.
	EventReply = workflows.EventReply
	// Action is something that a person may do now.
	Action = workflows.Action
	// Explanation is what an error code of the Swedish registry means.
	Explanation = avfallsregistret.Explanation
	// BSVHUProposal is the content that a French BSVHU of vehicles to be scrapped may have,
	// for a person to review.
	BSVHUProposal = documents.BSVHUProposal
	// SecurityCode is the code with which a company signs on another company's device.
	SecurityCode = wire.SecurityCode
)

// Kinds of actions.
const (
	ActEvent   = workflows.ActEvent
	ActSign    = workflows.ActSign
	ActCorrect = workflows.ActCorrect
	ActAmend   = workflows.ActAmend
	ActResults = workflows.ActResults
	ActDecide  = workflows.ActDecide
	// ActExtract: read the agency's extract to find out about a lost answer.
	ActExtract = "extract"
)
