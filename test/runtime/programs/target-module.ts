export function elsewhere(): void {
  console.log('ran other module');
}
