package wire

// RevisionInput asks the other parties of a BSDD for a revision.
type RevisionInput struct {
	FormID                string          `json:"formId"`
	AuthoringCompanySiret string          `json:"authoringCompanySiret"`
	Content               RevisionContent `json:"content"`
	Comment               string          `json:"comment"`
}

// RevisionContent holds only what is to be changed, or that all is cancelled.
type RevisionContent struct {
	IsCanceled                     bool             `json:"isCanceled,omitempty"`
	WasteDetails                   RevisedWaste     `json:"wasteDetails,omitzero"`
	Trader                         *Dealer          `json:"trader,omitempty"`
	Broker                         *Dealer          `json:"broker,omitempty"`
	Recipient                      RevisedRecipient `json:"recipient,omitzero"`
	QuantityReceived               *Tonnes          `json:"quantityReceived,omitempty"`
	QuantityRefused                *Tonnes          `json:"quantityRefused,omitempty"`
	ProcessingOperationDone        string           `json:"processingOperationDone,omitempty"`
	DestinationOperationMode       string           `json:"destinationOperationMode,omitempty"`
	ProcessingOperationDescription string           `json:"processingOperationDescription,omitempty"`
	TemporaryStorageDetail         RevisedStorage   `json:"temporaryStorageDetail,omitzero"`
}

// RevisedWaste is what changes of the waste.
type RevisedWaste struct {
	Code           string      `json:"code,omitempty"`
	Name           string      `json:"name,omitempty"`
	POP            *bool       `json:"pop,omitempty"`
	PackagingInfos []Packaging `json:"packagingInfos,omitempty"`
	Quantity       *Tonnes     `json:"quantity,omitempty"` // of a producer's part of a round alone
}

// IsZero tells that nothing changes.
func (w RevisedWaste) IsZero() bool {
	return w.Code == "" && w.Name == "" && w.POP == nil && len(w.PackagingInfos) == 0 && w.Quantity == nil
}

// RevisedRecipient is what changes of the recipient; with temporary storage that is
// the storer.
type RevisedRecipient struct {
	CAP string `json:"cap"`
}

// RevisedStorage is what changes of a temporary storage and of what goes on.
type RevisedStorage struct {
	TemporaryStorer RevisedStorer      `json:"temporaryStorer,omitzero"`
	Destination     RevisedDestination `json:"destination,omitzero"`
}

// RevisedStorer is what the storer weighed.
type RevisedStorer struct {
	QuantityReceived *Tonnes `json:"quantityReceived,omitempty"`
	QuantityRefused  *Tonnes `json:"quantityRefused,omitempty"`
}

// RevisedDestination is what the final destination has agreed to.
type RevisedDestination struct {
	CAP                 string `json:"cap,omitempty"`
	ProcessingOperation string `json:"processingOperation,omitempty"`
}
