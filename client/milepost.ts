/** Made from the API's description by `npm run client`; whatever is changed here is lost. */
import { type Answer, type CallOptions, type ClientOptions, makeCaller } from "./runtime.ts";

export { type Answer, type CallOptions, type ClientOptions, MilepostError } from "./runtime.ts";

export type Failure = {
  readonly id: string;
  readonly kind?: string | undefined;
  readonly reason?: string | undefined;
  readonly failedAt?: string | undefined;
  readonly eventId?: string | undefined;
  readonly recordId?: string | undefined;
  readonly queue?: string | undefined;
  readonly messageId?: string | undefined;
  readonly attempts: readonly { readonly at: string; readonly receives: number; readonly reason: string }[];
};

export type HistoryEntry = {
  readonly eventId: string;
  readonly version: number;
  readonly from: string | null;
  readonly to: string;
  readonly note?: string | undefined;
  readonly changedAt: string;
  readonly notifiedAt: string;
  readonly changeId: string;
  readonly type: string;
  readonly failure?: string | undefined;
};

export type Invoice = {
  readonly order_id: string;
  readonly user_id?: string | undefined;
  readonly ordered_at: string;
  readonly lines: readonly {
    readonly name: string;
    readonly unit_price: number;
    readonly quantity: number;
    readonly amount: number;
    readonly discount: number;
    readonly total: number;
  }[];
  readonly promo_code?: string | undefined;
  readonly subtotal: number;
  readonly discount: number;
  readonly total: number;
  readonly payment_reference?: string | undefined;
};

export type Order = {
  readonly order_id: string;
  readonly user_id?: string | undefined;
  readonly status: "PENDING" | "PAID" | "COMPLETED" | "REJECTED" | "FAILED" | "CANCELLING" | "CANCELLED";
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly total: number;
  readonly reason?: string | undefined;
  readonly items?:
    | readonly { readonly name: string; readonly price: number; readonly quantity: number; readonly product_id?: string | undefined }[]
    | undefined;
  readonly amount?: number | undefined;
  readonly promo_code?: string | undefined;
  readonly subtotal: number;
  readonly discount: number;
  readonly steps: readonly {
    readonly step: "inventory" | "fraud" | "payment" | "invoice" | "notification" | "refund" | "release";
    readonly outcome: string;
    readonly at: string;
    readonly attempt: number;
    readonly run: string;
    readonly reason?: string | undefined;
  }[];
  readonly history: readonly HistoryEntry[];
};

export type OrderSummary = {
  readonly order_id: string;
  readonly user_id?: string | undefined;
  readonly status: "PENDING" | "PAID" | "COMPLETED" | "REJECTED" | "FAILED" | "CANCELLING" | "CANCELLED";
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly total: number;
  readonly reason?: string | undefined;
};

export type Problem = {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly field: string; readonly rule: string; readonly message: string }[] | undefined;
  readonly currentStatus?: string | undefined;
  readonly legal?: readonly string[] | undefined;
  readonly isUnderWay?: boolean | undefined;
};

export type Product = {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly price: number;
  readonly stock?: number | undefined;
  readonly status: "ACTIVE" | "DELETED";
  readonly created_at: string;
  readonly updated_at: string;
};

export type ProductEvent = {
  readonly eventId: string;
  readonly type: string;
  readonly version: number;
  readonly state: "pending" | "processed" | "failed";
  readonly changedAt: string;
  readonly processedAt?: string | undefined;
  readonly reason?: string | undefined;
};

export type Request = {
  readonly requestId: string;
  readonly title: string;
  readonly status: "PENDING" | "IN_PROGRESS" | "ON_HOLD" | "COMPLETED" | "REJECTED" | "CANCELLED";
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly notifiedAt?: string | undefined;
  readonly lastEventId?: string | undefined;
  readonly historyVersion: number;
  readonly history: readonly HistoryEntry[];
};

export type RequestSummary = {
  readonly requestId: string;
  readonly title: string;
  readonly status: "PENDING" | "IN_PROGRESS" | "ON_HOLD" | "COMPLETED" | "REJECTED" | "CANCELLED";
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly notifiedAt?: string | undefined;
  readonly lastEventId?: string | undefined;
  readonly historyVersion: number;
};

export type Task = {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly status: "pending" | "processing" | "completed" | "failed";
  readonly result: string | null;
  readonly reason?: string | undefined;
  readonly created_at: string;
  readonly updated_at: string;
};

export type GetReadinessAnswer = {
  readonly status: "ready" | "degraded";
  readonly dynamodb: "up" | "down";
  readonly stepFunctions: "up" | "down";
};

export type LoginAnswer = { readonly access_token: string; readonly token_type: "Bearer"; readonly expires_in: number };

export type CreateTokenAnswer = { readonly access_token: string; readonly token_type: "Bearer"; readonly expires_in: number };

export type CreateRequestAnswer = {
  readonly requestId: string;
  readonly title: string;
  readonly createdAt: string;
  readonly trackingUrl: string;
};

export type ListRequestsAnswer = { readonly requests: readonly RequestSummary[]; readonly next_page_token?: string | undefined };

export type GetRequestHistoryAnswer = { readonly history: readonly HistoryEntry[]; readonly next_page_token?: string | undefined };

export type ChangeRequestStatusAnswer = {
  readonly requestId: string;
  readonly newStatus: "PENDING" | "IN_PROGRESS" | "ON_HOLD" | "COMPLETED" | "REJECTED" | "CANCELLED";
  readonly changedAt: string;
  readonly eventId: string;
  readonly executionArn: string;
};

export type ListProductsAnswer = { readonly products: readonly Product[]; readonly next_page_token?: string | undefined };

export type GetProductEventsAnswer = { readonly events: readonly ProductEvent[]; readonly next_page_token?: string | undefined };

export type GetProductHistoryAnswer = { readonly history: readonly HistoryEntry[]; readonly next_page_token?: string | undefined };

export type PlaceOrderAnswer = {
  readonly order_id: string;
  readonly status: "PENDING" | "PAID" | "COMPLETED" | "REJECTED" | "FAILED" | "CANCELLING" | "CANCELLED";
  readonly poll_url: string;
};

export type ListOrdersAnswer = { readonly orders: readonly OrderSummary[]; readonly next_page_token?: string | undefined };

export type GetOrderHistoryAnswer = { readonly history: readonly HistoryEntry[]; readonly next_page_token?: string | undefined };

export type CancelOrderAnswer = {
  readonly order_id: string;
  readonly status: "PENDING" | "PAID" | "COMPLETED" | "REJECTED" | "FAILED" | "CANCELLING" | "CANCELLED";
  readonly event_id: string;
  readonly execution_arn: string;
};

export type ListTasksAnswer = { readonly tasks: readonly Task[]; readonly next_page_token?: string | undefined };

export type GetTaskHistoryAnswer = { readonly history: readonly HistoryEntry[]; readonly next_page_token?: string | undefined };

export type GetDeadLetterStatsAnswer = {
  readonly queues: readonly {
    readonly queue: string;
    readonly messages: number;
    readonly inFlight: number;
    readonly sources: readonly string[];
  }[];
};

export type ListFailuresAnswer = { readonly failures: readonly Failure[]; readonly next_page_token?: string | undefined };

export type RedriveFailureAnswer = { readonly id: string; readonly outcome: "redriven" | "resolved" };

export class Milepost {
  readonly #call;

  constructor(options: ClientOptions) {
    this.#call = makeCaller(options);
  }

  /** Says ok while the process lives, whatever it depends on. */
  getHealth(options: CallOptions = {}): Promise<Answer<"ok">> {
    return this.#call("GET", "/health", {}, options);
  }

  /** Says whether it can serve, and which of its dependencies are up. */
  getReadiness(options: CallOptions = {}): Promise<Answer<GetReadinessAnswer>> {
    return this.#call("GET", "/ready", {}, options);
  }

  /** Gives a user a token, whoever asks for it. */
  login(
    input: { readonly body: { readonly user_id: string; readonly email?: string | undefined; readonly amount?: unknown | undefined } },
    options: CallOptions = {},
  ): Promise<Answer<LoginAnswer>> {
    return this.#call("POST", "/login", input, options);
  }

  /** Gives a user a token, whoever asks for it; the same as logging in. */
  createToken(
    input: { readonly body: { readonly user_id: string; readonly email?: string | undefined } },
    options: CallOptions = {},
  ): Promise<Answer<CreateTokenAnswer>> {
    return this.#call("POST", "/token", input, options);
  }

  /** Makes a request, and gives the address to follow it by. */
  createRequest(input: { readonly body: { readonly title: string } }, options: CallOptions = {}): Promise<Answer<CreateRequestAnswer>> {
    return this.#call("POST", "/requests", input, options);
  }

  /** Lists requests, newest first. */
  listRequests(
    input: {
      readonly query?:
        | {
            readonly status?: "PENDING" | "IN_PROGRESS" | "ON_HOLD" | "COMPLETED" | "REJECTED" | "CANCELLED" | undefined;
            readonly limit?: number | undefined;
            readonly token?: string | undefined;
          }
        | undefined;
    } = {},
    options: CallOptions = {},
  ): Promise<Answer<ListRequestsAnswer>> {
    return this.#call("GET", "/requests", input, options);
  }

  /** Shows a request and its latest history to whoever has its tracking address. */
  getRequest(
    input: { readonly path: { readonly id: string }; readonly query?: { readonly t?: string | undefined } | undefined },
    options: CallOptions = {},
  ): Promise<Answer<Request>> {
    return this.#call("GET", "/requests/{id}", input, options);
  }

  /** Pages through a request's whole history, oldest first. */
  getRequestHistory(
    input: {
      readonly path: { readonly id: string };
      readonly query?:
        | { readonly t?: string | undefined; readonly limit?: number | undefined; readonly token?: string | undefined }
        | undefined;
    },
    options: CallOptions = {},
  ): Promise<Answer<GetRequestHistoryAnswer>> {
    return this.#call("GET", "/requests/{id}/history", input, options);
  }

  /** Changes a request's status and starts the execution that carries the change out. */
  changeRequestStatus(
    input: {
      readonly path: { readonly id: string };
      readonly body: {
        readonly status: "PENDING" | "IN_PROGRESS" | "ON_HOLD" | "COMPLETED" | "REJECTED" | "CANCELLED";
        readonly note?: string | undefined;
      };
    },
    options: CallOptions = {},
  ): Promise<Answer<ChangeRequestStatusAnswer>> {
    return this.#call("PATCH", "/requests/{id}/status", input, options);
  }

  /** Makes a product. */
  createProduct(
    input: {
      readonly body: {
        readonly name: string;
        readonly description?: string | null | undefined;
        readonly price: number;
        readonly stock?: number | undefined;
      };
    },
    options: CallOptions = {},
  ): Promise<Answer<Product>> {
    return this.#call("POST", "/products", input, options);
  }

  /** Lists products, newest first; those that are deleted only where they are asked for. */
  listProducts(
    input: {
      readonly query?:
        | { readonly status?: "ACTIVE" | "DELETED" | undefined; readonly limit?: number | undefined; readonly token?: string | undefined }
        | undefined;
    } = {},
    options: CallOptions = {},
  ): Promise<Answer<ListProductsAnswer>> {
    return this.#call("GET", "/products", input, options);
  }

  /** Shows a product that is not deleted. */
  getProduct(input: { readonly path: { readonly id: string } }, options: CallOptions = {}): Promise<Answer<Product>> {
    return this.#call("GET", "/products/{id}", input, options);
  }

  /** Deletes a product. */
  deleteProduct(input: { readonly path: { readonly id: string } }, options: CallOptions = {}): Promise<Answer<undefined>> {
    return this.#call("DELETE", "/products/{id}", input, options);
  }

  /** Shows what has become of a product's events, oldest first, also of a deleted one's. */
  getProductEvents(
    input: {
      readonly path: { readonly id: string };
      readonly query?: { readonly limit?: number | undefined; readonly token?: string | undefined } | undefined;
    },
    options: CallOptions = {},
  ): Promise<Answer<GetProductEventsAnswer>> {
    return this.#call("GET", "/products/{id}/events", input, options);
  }

  /** Pages through a product's whole history, oldest first, also of a deleted one's. */
  getProductHistory(
    input: {
      readonly path: { readonly id: string };
      readonly query?: { readonly limit?: number | undefined; readonly token?: string | undefined } | undefined;
    },
    options: CallOptions = {},
  ): Promise<Answer<GetProductHistoryAnswer>> {
    return this.#call("GET", "/products/{id}/history", input, options);
  }

  /** Takes an order, which is then carried out, and gives the address to follow it by. */
  placeOrder(
    input: {
      readonly body:
        | {
            readonly user_id?: string | undefined;
            readonly items: readonly {
              readonly name: string;
              readonly price: number;
              readonly quantity: number;
              readonly product_id?: string | undefined;
            }[];
            readonly promo_code?: "SAVE10" | "SAVE20" | "SAVE30" | "FREESHIP" | undefined;
          }
        | { readonly user_id?: string | undefined; readonly amount: number };
    },
    options: CallOptions = {},
  ): Promise<Answer<PlaceOrderAnswer>> {
    return this.#call("POST", "/orders", input, options);
  }

  /** Lists a user's orders, and all of them for the administrator, newest first. */
  listOrders(
    input: {
      readonly query?:
        | {
            readonly status?: "PENDING" | "PAID" | "COMPLETED" | "REJECTED" | "FAILED" | "CANCELLING" | "CANCELLED" | undefined;
            readonly limit?: number | undefined;
            readonly token?: string | undefined;
          }
        | undefined;
    } = {},
    options: CallOptions = {},
  ): Promise<Answer<ListOrdersAnswer>> {
    return this.#call("GET", "/orders", input, options);
  }

  /** Shows an order with its steps to its owner, or to whoever has its poll address. */
  getOrder(
    input: { readonly path: { readonly id: string }; readonly query?: { readonly sig?: string | undefined } | undefined },
    options: CallOptions = {},
  ): Promise<Answer<Order>> {
    return this.#call("GET", "/orders/{id}", input, options);
  }

  /** Pages through an order's whole history, oldest first. */
  getOrderHistory(
    input: {
      readonly path: { readonly id: string };
      readonly query?:
        | { readonly sig?: string | undefined; readonly limit?: number | undefined; readonly token?: string | undefined }
        | undefined;
    },
    options: CallOptions = {},
  ): Promise<Answer<GetOrderHistoryAnswer>> {
    return this.#call("GET", "/orders/{id}/history", input, options);
  }

  /** Shows the invoice of an order that was paid. */
  getInvoice(
    input: {
      readonly path: { readonly id: string };
      readonly query?: { readonly sig?: string | undefined; readonly format?: "json" | "html" | undefined } | undefined;
    },
    options: CallOptions = {},
  ): Promise<Answer<Invoice | string>> {
    return this.#call("GET", "/orders/{id}/invoice", input, options);
  }

  /** Cancels an order, which gives back its stock and what was paid. */
  cancelOrder(
    input: { readonly path: { readonly id: string }; readonly body?: { readonly note?: string | undefined } | undefined },
    options: CallOptions = {},
  ): Promise<Answer<CancelOrderAnswer>> {
    return this.#call("POST", "/orders/{id}/cancel", input, options);
  }

  /** Makes a task and has it done. */
  createTask(
    input: { readonly body: { readonly title: string; readonly description?: string | null | undefined } },
    options: CallOptions = {},
  ): Promise<Answer<Task>> {
    return this.#call("POST", "/tasks", input, options);
  }

  /** Lists tasks, newest first. */
  listTasks(
    input: {
      readonly query?:
        | {
            readonly status?: "pending" | "processing" | "completed" | "failed" | undefined;
            readonly limit?: number | undefined;
            readonly token?: string | undefined;
          }
        | undefined;
    } = {},
    options: CallOptions = {},
  ): Promise<Answer<ListTasksAnswer>> {
    return this.#call("GET", "/tasks", input, options);
  }

  /** Shows a task, and once it is done its result. */
  getTask(input: { readonly path: { readonly id: string } }, options: CallOptions = {}): Promise<Answer<Task>> {
    return this.#call("GET", "/tasks/{id}", input, options);
  }

  /** Pages through a task's whole history, oldest first. */
  getTaskHistory(
    input: {
      readonly path: { readonly id: string };
      readonly query?: { readonly limit?: number | undefined; readonly token?: string | undefined } | undefined;
    },
    options: CallOptions = {},
  ): Promise<Answer<GetTaskHistoryAnswer>> {
    return this.#call("GET", "/tasks/{id}/history", input, options);
  }

  /** Counts the messages in each dead-letter queue. Workers take them out and keep them as failures. */
  getDeadLetterStats(options: CallOptions = {}): Promise<Answer<GetDeadLetterStatsAnswer>> {
    return this.#call("GET", "/dlq/stats", {}, options);
  }

  /** Lists what was given up and waits for somebody, newest first. */
  listFailures(
    input: {
      readonly query?:
        | {
            readonly kind?: "requests" | "products" | "orders" | "tasks" | undefined;
            readonly limit?: number | undefined;
            readonly token?: string | undefined;
          }
        | undefined;
    } = {},
    options: CallOptions = {},
  ): Promise<Answer<ListFailuresAnswer>> {
    return this.#call("GET", "/dlq/failures", input, options);
  }

  /** Puts on its way again what was given up. */
  redriveFailure(input: { readonly body: { readonly id: string } }, options: CallOptions = {}): Promise<Answer<RedriveFailureAnswer>> {
    return this.#call("POST", "/dlq/redrive", input, options);
  }
}
