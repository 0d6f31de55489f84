package wire

// Emission is the emitter's signature.
type Emission struct {
	PackagingInfos         []Packaging `json:"packagingInfos"`
	Quantity               Tonnes      `json:"quantity"`
	ONUCode                Text        `json:"onuCode"`
	TransporterNumberPlate Text        `json:"transporterNumberPlate"`
	EmittedAt              DateTime    `json:"emittedAt"`
	EmittedBy              string      `json:"emittedBy"`
}

// TakeOver is a transporter's signature.
type TakeOver struct {
	TakenOverAt               DateTime `json:"takenOverAt"`
	TakenOverBy               string   `json:"takenOverBy"`
	TransporterNumberPlate    Text     `json:"transporterNumberPlate"`
	TransporterTransportMode  Text     `json:"transporterTransportMode"`
	TransporterCompanyContact Text     `json:"transporterCompanyContact"`
	TransporterCompanyMail    Text     `json:"transporterCompanyMail"`
	TransporterCompanyPhone   Text     `json:"transporterCompanyPhone"`
}

// Arrival is the reception; on paper it holds the verdict too.
type Arrival struct {
	ReceivedBy             string    `json:"receivedBy"`
	ReceivedAt             DateTime  `json:"receivedAt"`
	WasteAcceptationStatus string    `json:"wasteAcceptationStatus,omitempty"`
	WasteRefusalReason     string    `json:"wasteRefusalReason,omitempty"`
	SignedAt               *DateTime `json:"signedAt,omitempty"`
	QuantityReceived       *Tonnes   `json:"quantityReceived,omitempty"`
	QuantityRefused        *Tonnes   `json:"quantityRefused,omitempty"`
}

// Verdicts of an Acceptance.
const (
	Accepted         = "ACCEPTED"
	PartiallyRefused = "PARTIALLY_REFUSED"
	Refused          = "REFUSED"
)

// Acceptance is the verdict on what arrived.
type Acceptance struct {
	WasteAcceptationStatus string   `json:"wasteAcceptationStatus"`
	WasteRefusalReason     Text     `json:"wasteRefusalReason"`
	SignedAt               DateTime `json:"signedAt"`
	SignedBy               string   `json:"signedBy"`
	QuantityReceived       Tonnes   `json:"quantityReceived"`
	QuantityRefused        Tonnes   `json:"quantityRefused"`
}

// Processing is the treatment.
type Processing struct {
	ProcessingOperationDone        string   `json:"processingOperationDone"`
	DestinationOperationMode       Text     `json:"destinationOperationMode"`
	ProcessingOperationDescription Text     `json:"processingOperationDescription"`
	ProcessedBy                    string   `json:"processedBy"`
	ProcessedAt                    DateTime `json:"processedAt"`
	// NextDestination goes with the operations that group or store.
	NextDestination *NextDestination `json:"nextDestination,omitempty"`
	NoTraceability  bool             `json:"noTraceability,omitempty"`
}

// NextDestination is where waste goes on that was only grouped or stored.
type NextDestination struct {
	ProcessingOperation string   `json:"processingOperation"`
	NotificationNumber  Text     `json:"notificationNumber"`
	Company             *Company `json:"company,omitempty"`
}

// Storing is the reception at a temporary storage.
type Storing struct {
	ReceivedBy       string   `json:"receivedBy"`
	ReceivedAt       DateTime `json:"receivedAt"`
	QuantityReceived Tonnes   `json:"quantityReceived"`
	QuantityType     string   `json:"quantityType"`
}

// StoringVerdict is the storer's verdict.
type StoringVerdict struct {
	Acceptance
	QuantityType string `json:"quantityType"`
}

// Resealing is how stored waste goes on.
type Resealing struct {
	Destination  *Destination `json:"destination,omitempty"`
	WasteDetails *Repackaging `json:"wasteDetails,omitempty"`
	Transporter  *Transporter `json:"transporter,omitempty"`
}

// Repackaging is what goes on.
type Repackaging struct {
	ONUCode        Text        `json:"onuCode"`
	PackagingInfos []Packaging `json:"packagingInfos"`
	Quantity       Tonnes      `json:"quantity"`
	QuantityType   string      `json:"quantityType"`
}

// Paper is the whole life of a BSDD that was signed on paper.
type Paper struct {
	CustomID      string        `json:"customId,omitempty"`
	Emitter       *Emitter      `json:"emitter,omitempty"`
	Recipient     *Recipient    `json:"recipient,omitempty"`
	Transporter   *Transporter  `json:"transporter,omitempty"`
	WasteDetails  *WasteDetails `json:"wasteDetails,omitempty"`
	Trader        *Dealer       `json:"trader,omitempty"`
	Broker        *Dealer       `json:"broker,omitempty"`
	EcoOrganisme  *EcoOrganisme `json:"ecoOrganisme,omitempty"`
	SigningInfo   PaperSigning  `json:"signingInfo"`
	ReceivedInfo  Arrival       `json:"receivedInfo"`
	ProcessedInfo Processing    `json:"processedInfo"`
}

// PaperSigning is the signature on paper.
type PaperSigning struct {
	SentAt DateTime `json:"sentAt"`
	SentBy string   `json:"sentBy"`
}
