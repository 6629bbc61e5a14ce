// What the workflow, its activities and its clients say to each other.

export interface Order {
  readonly id: string;
  readonly item: string;
  readonly amountCents: number;
  readonly shipTo: string;
}

export type OrderState =
  | 'created'
  | 'waiting for approval'
  | 'charging the card'
  | 'cooling off'
  | 'shipping'
  | 'shipped'
  | 'compensating'
  | 'compensated';

export interface OrderStatus {
  readonly state: OrderState;
  readonly approvedBy: string | null;
  readonly notes: readonly string[];
}

export type OrderResult =
  | { readonly state: 'shipped'; readonly parcel: string; readonly notes: readonly string[] }
  | { readonly state: 'compensated'; readonly reason: string; readonly notes: readonly string[] };
