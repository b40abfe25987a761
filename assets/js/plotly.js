// plotly's own packaged library, loaded once.

let loading = null;

export const plotlyAddress = () => new URL(window.modelarium.plotly, document.baseURI).href;

export function plotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = plotlyAddress();
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error('plotly.js did not load'));
    document.head.append(script);
  });
  return loading;
}
