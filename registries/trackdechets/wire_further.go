package trackdechets

// The inputs of temporary storage, grouping, paper, revisions, exports and
// webhooks; see wire.go.

type fraction struct {
	Form     byID    `json:"form"`
	Quantity *tonnes `json:"quantity,omitempty"`
}

type byID struct {
	ID string `json:"id"`
}

type storageDetail struct {
	Destination *destination `json:"destination"`
}

type destination struct {
	Company             company `json:"company"`
	CAP                 text    `json:"cap"`
	ProcessingOperation text    `json:"processingOperation"`
}

type nextDestination struct {
	ProcessingOperation string   `json:"processingOperation"`
	NotificationNumber  text     `json:"notificationNumber"`
	Company             *company `json:"company,omitempty"`
}

type storage struct {
	ReceivedBy             string    `json:"receivedBy"`
	ReceivedAt             dateTime  `json:"receivedAt"`
	WasteAcceptationStatus string    `json:"wasteAcceptationStatus,omitempty"`
	WasteRefusalReason     string    `json:"wasteRefusalReason,omitempty"`
	SignedAt               *dateTime `json:"signedAt,omitempty"`
	QuantityReceived       tonnes    `json:"quantityReceived"`
	QuantityRefused        *tonnes   `json:"quantityRefused,omitempty"`
	QuantityType           string    `json:"quantityType"`
}

type storerVerdict struct {
	acceptance
	QuantityType string `json:"quantityType"`
}

type resealing struct {
	Destination  *destination `json:"destination,omitempty"`
	WasteDetails *repackaging `json:"wasteDetails,omitempty"`
	Transporter  *transporter `json:"transporter,omitempty"`
}

type repackaging struct {
	ONUCode        text        `json:"onuCode"`
	PackagingInfos []packaging `json:"packagingInfos"`
	Quantity       tonnes      `json:"quantity"`
	QuantityType   string      `json:"quantityType"`
}

type paperInput struct {
	ID            string        `json:"id,omitempty"`
	CustomID      string        `json:"customId,omitempty"`
	Emitter       *emitterInput `json:"emitter,omitempty"`
	Recipient     *recipient    `json:"recipient,omitempty"`
	Transporter   *transporter  `json:"transporter,omitempty"`
	WasteDetails  *wasteDetails `json:"wasteDetails,omitempty"`
	Trader        *dealer       `json:"trader,omitempty"`
	Broker        *dealer       `json:"broker,omitempty"`
	EcoOrganisme  *ecoOrganisme `json:"ecoOrganisme,omitempty"`
	SigningInfo   paperSigning  `json:"signingInfo"`
	ReceivedInfo  arrival       `json:"receivedInfo"`
	ProcessedInfo processing    `json:"processedInfo"`
}

type paperSigning struct {
	SentAt dateTime `json:"sentAt"`
	SentBy string   `json:"sentBy"`
}

type revisionInput struct {
	FormID                string          `json:"formId"`
	AuthoringCompanySiret string          `json:"authoringCompanySiret"`
	Content               revisionContent `json:"content"`
	Comment               string          `json:"comment"`
}

// revisionContent holds only what is to be changed.
type revisionContent struct {
	IsCanceled                     bool               `json:"isCanceled,omitempty"`
	WasteDetails                   *revisionWaste     `json:"wasteDetails,omitempty"`
	Trader                         *dealer            `json:"trader,omitempty"`
	Broker                         *dealer            `json:"broker,omitempty"`
	Recipient                      *revisionRecipient `json:"recipient,omitempty"`
	QuantityReceived               *tonnes            `json:"quantityReceived,omitempty"`
	QuantityRefused                *tonnes            `json:"quantityRefused,omitempty"`
	ProcessingOperationDone        string             `json:"processingOperationDone,omitempty"`
	DestinationOperationMode       string             `json:"destinationOperationMode,omitempty"`
	ProcessingOperationDescription string             `json:"processingOperationDescription,omitempty"`
	TemporaryStorageDetail         *revisionStorage   `json:"temporaryStorageDetail,omitempty"`
}

type revisionStorage struct {
	TemporaryStorer *revisionStorer `json:"temporaryStorer,omitempty"`
	Destination     *revisionFinal  `json:"destination,omitempty"`
}

type revisionStorer struct {
	QuantityReceived *tonnes `json:"quantityReceived,omitempty"`
	QuantityRefused  *tonnes `json:"quantityRefused,omitempty"`
}

type revisionFinal struct {
	CAP                 string `json:"cap,omitempty"`
	ProcessingOperation string `json:"processingOperation,omitempty"`
}

type revisionWaste struct {
	Code           string      `json:"code,omitempty"`
	Name           string      `json:"name,omitempty"`
	POP            *bool       `json:"pop,omitempty"`
	PackagingInfos []packaging `json:"packagingInfos,omitempty"`
	Quantity       *tonnes     `json:"quantity,omitempty"`
}

type revisionRecipient struct {
	CAP string `json:"cap"`
}

type dateRange struct {
	From  dateTime  `json:"_gte"`
	Until *dateTime `json:"_lt,omitempty"`
}

type webhookInput struct {
	CompanyID   string `json:"companyId"`
	EndpointURI string `json:"endpointUri"`
	Token       string `json:"token"`
	Activated   bool   `json:"activated"`
}

type webhookUpdate struct {
	EndpointURI string `json:"endpointUri,omitempty"`
	Token       string `json:"token,omitempty"`
	Activated   *bool  `json:"activated,omitempty"`
}
