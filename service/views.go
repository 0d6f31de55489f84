package service

import (
	"sluss/ledger"
	"sluss/registries/avfallsregistret"
	"sluss/registries/trackdechets/documents"
	"sluss/registries/trackdechets/wire"
	"sluss/workflows"
)

// What is seen of the ledger, of workflows and of registries goes by these names
// to those who serve it.
type (
	// BatchFilter chooses batches; a zero field chooses all.
	BatchFilter = ledger.BatchFilter
	// BatchRow is a batch in a list.
	BatchRow = ledger.BatchRow
	// InboxFilter chooses filings; a zero field chooses all.
	InboxFilter = ledger.InboxFilter
	// TimelineLine is something that happened to a batch.
	TimelineLine = ledger.TimelineLine
	// FiledReport is what a registry took, with its versions.
	FiledReport = ledger.FiledReport
	// Version is one of them.
	Version = ledger.Version
	// Chain ties a batch to others.
	Chain = ledger.Chain
	// LinkedBatch is one of its ties.
	LinkedBatch = ledger.LinkedBatch
	// Attempt is a call of a registry for a filing.
	Attempt = ledger.Attempt
	// Quota is how the rate limits of a registry stand.
	Quota = ledger.Quota
	// LimitUsed is one limit of them.
	LimitUsed = ledger.Used
	// Miss is a filing that will be late.
	Miss = ledger.Miss
	// Usage is who called a registry how often.
	Usage = ledger.Usage
	// WhatIf supposes more calls than there are.
	WhatIf = ledger.WhatIf
	// FilingState is where a filing stands, as its workflow says.
	FilingState = workflows.FilingState
	// EventReply is what an event brought about.
	EventReply = workflows.EventReply
	// Action is something that a person may do now.
	Action = workflows.Action
	// Explanation is what an error code of the Swedish registry means.
	Explanation = avfallsregistret.Explanation
	// BSVHUProposal is what a French BSVHU may say of vehicles to be scrapped.
	BSVHUProposal = documents.BSVHUProposal
	// SecurityCode is what a company signs with on another's device.
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
	// ActExtract has the agency's extract tell what became of a lost answer.
	ActExtract = "extract"
)
